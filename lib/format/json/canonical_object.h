// CanonicalObject: the members of an object in canonical text, as views, for readers of shapes that are not ours.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::format {

struct CanonicalMember {
  std::string_view name;   // as it stands between its quotes, which are around it in the text
  std::string_view value;  // canonical text

  // The name with its escapes undone.
  std::string Name() const;
};

// Any other value than an object has no members. The text must outlive it.
class CanonicalObject {
 public:
  explicit CanonicalObject(std::string_view canonical);

  const std::vector<CanonicalMember>& members() const { return members_; }
  // Empty: there is no such member.
  std::string_view Find(std::string_view name) const;
  // The text of a string member; nothing where there is none, or it is another type.
  std::optional<std::string> Text(std::string_view name) const;

 private:
  std::vector<CanonicalMember> members_;
};

// The items of an array in canonical text; none of any other value.
std::vector<std::string_view> CanonicalItems(std::string_view canonical);

// What a canonical string stands for; nothing where the value is no string.
std::optional<std::string> CanonicalText(std::string_view canonical);

// An array of strings.
std::string CanonicalTexts(const std::vector<std::string>& texts);

// Writes an object member by member, in canonical text.
class CanonicalWriter {
 public:
  // `canonical` is a value, and `name` a name without a need of escapes, or one taken from a CanonicalMember.
  void Add(std::string_view name, std::string_view canonical);
  void AddText(std::string_view name, std::string_view text);
  bool empty() const { return text_.empty(); }
  // The object so far: {} where nothing was added.
  std::string Finish() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

}  // namespace coffer::format
