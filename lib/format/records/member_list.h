// The members of each kind as a list for use at run time, for formats with a column or an element for each member.
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
  bool whole = false;  // a number whose rule allows no fraction
};

// The members of a conversation, message, document or prompt, in canonical order; empty for a content.
std::span<const MemberInfo> MembersOfKind(Kind kind);
// The index of a member in MembersOfKind; nullopt if there is no such member.
std::optional<std::size_t> FindMember(Kind kind, std::string_view name);

inline constexpr std::string_view kExtraMetadataName = "extra_metadata";

// The members of one record's canonical text: a view for each member of its kind (empty if absent), and one of all unknown
// members. Views are valid as long as the text. Reuses its memory for the next record. One thread at a time.
class RecordMembers {
 public:
  explicit RecordMembers(Kind kind) : members_(MembersOfKind(kind)), values_(members_.size()) {}

  // False if the text is not a record in canonical form.
  bool Read(std::string_view canonical);

  std::span<const MemberInfo> members() const { return members_; }
  // Canonical values in the order of MembersOfKind.
  std::span<const std::string_view> values() const { return values_; }
  std::string_view value(std::size_t member) const { return values_[member]; }
  // The unknown members without braces: `"a":1,"b":2`.
  std::string_view unknown() const { return unknown_; }

 private:
  std::span<const MemberInfo> members_;
  std::vector<std::string_view> values_;
  std::string_view unknown_;
};

}  // namespace coffer::format
