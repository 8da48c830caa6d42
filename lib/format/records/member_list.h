// The members of each kind as a list to walk at run time: for layouts that have a column or an element a member.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/kind.h"

namespace coffer::format {

enum class ValueType : std::uint8_t { kText, kTime, kNumber, kWhole, kBoolean, kTextList, kJson };

struct MemberInfo {
  std::string_view name;
  ValueType type = ValueType::kText;
  bool whole = false;  // of a number: by its rule it has no fraction
};

// In canonical order. Of conversation, message, document, prompt; of a content there are none.
std::span<const MemberInfo> MembersOfKind(Kind kind);
// Its place in MembersOfKind.
std::optional<std::size_t> FindMember(Kind kind, std::string_view name);

inline constexpr std::string_view kExtraMetadataName = "extra_metadata";

// One record's canonical text, taken apart: a view for each member of its kind, empty where it is absent, and the unknown ones
// behind them. Valid as long as the text. Keeps its memory for the next record; one thread at a time.
class RecordMembers {
 public:
  explicit RecordMembers(Kind kind) : members_(MembersOfKind(kind)), values_(members_.size()) {}

  // False: the text is not a record in canonical form.
  bool Read(std::string_view canonical);

  std::span<const MemberInfo> members() const { return members_; }
  // In the order of MembersOfKind, each a canonical value.
  std::span<const std::string_view> values() const { return values_; }
  std::string_view value(std::size_t member) const { return values_[member]; }
  // Without braces: `"a":1,"b":2`.
  std::string_view unknown() const { return unknown_; }

 private:
  std::span<const MemberInfo> members_;
  std::vector<std::string_view> values_;
  std::string_view unknown_;
};

}  // namespace coffer::format
