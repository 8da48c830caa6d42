#include "format/records/member_list.h"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>
#include <type_traits>

#include "coffer/json.h"
#include "coffer/timestamp.h"
#include "format/json/json_text.h"
#include "format/records/record_members.h"

namespace coffer::format {
namespace {

template <typename T>
struct WithoutOptional {
  using Type = T;
};
template <typename T>
struct WithoutOptional<std::optional<T>> {
  using Type = T;
};

template <typename Field>
consteval ValueType TypeOf() {
  using T = typename WithoutOptional<Field>::Type;
  if constexpr (std::is_same_v<T, Timestamp>) return ValueType::kTime;
  if constexpr (std::is_same_v<T, JsonNumber>) return ValueType::kNumber;
  if constexpr (std::is_same_v<T, std::uint64_t>) return ValueType::kWhole;
  if constexpr (std::is_same_v<T, bool>) return ValueType::kBoolean;
  if constexpr (std::is_same_v<T, std::vector<std::string>>) return ValueType::kTextList;
  if constexpr (std::is_same_v<T, Json>) return ValueType::kJson;
  return ValueType::kText;
}

template <typename Record, typename Field>
MemberInfo InfoOf(const Member<Record, Field>& member) {
  const bool whole = member.rule == Rule::kWhole || member.rule == Rule::kPositiveWhole;
  return {member.key.name(), TypeOf<Field>(), whole};
}

// The names are views into the tables, which live as long as the program.
template <typename Record>
std::span<const MemberInfo> ListOf() {
  static const auto kList =
      std::apply([](const auto&... member) { return std::array{InfoOf(member)...}; }, MembersOf<Record>::kTable);
  return kList;
}

}  // namespace

std::span<const MemberInfo> MembersOfKind(Kind kind) {
  switch (kind) {
    case Kind::kConversation:
      return ListOf<Conversation>();
    case Kind::kMessage:
      return ListOf<Message>();
    case Kind::kDocument:
      return ListOf<Document>();
    case Kind::kPrompt:
      return ListOf<Prompt>();
    case Kind::kContent:
      break;
  }
  return {};
}

std::optional<std::size_t> FindMember(Kind kind, std::string_view name) {
  const std::span<const MemberInfo> members = MembersOfKind(kind);
  const auto found = std::ranges::find(members, name, &MemberInfo::name);
  if (found == members.end()) return std::nullopt;
  return static_cast<std::size_t>(found - members.begin());
}

bool RecordMembers::Read(std::string_view canonical) {
  std::ranges::fill(values_, std::string_view());
  unknown_ = {};
  if (canonical.size() < 2 || canonical.front() != '{' || canonical.back() != '}') return false;
  std::string_view rest = canonical.substr(1, canonical.size() - 2);
  std::string_view name;
  std::string_view value;
  // Known members are in the order of the list, so each search starts after the previous match.
  for (std::size_t at = 0; !rest.empty();) {
    const std::string_view from_here = rest;
    TakeCanonicalMember(rest, name, value);
    if (name.size() < 2 || value.empty()) return false;
    name = name.substr(1, name.size() - 2);
    while (at < members_.size() && members_[at].name != name) ++at;
    if (at == members_.size()) {
      unknown_ = from_here;
      return true;
    }
    values_[at++] = value;
  }
  return true;
}

}  // namespace coffer::format
