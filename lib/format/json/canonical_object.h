// CanonicalObject: views of the members of a canonical JSON object, for readers of other programs' formats.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::format {

struct CanonicalMember {
  std::string_view name;   // the escaped text between the quotes; the quotes surround the view in the text
  std::string_view value;  // canonical text

  // The unescaped name.
  std::string Name() const;
};

// A value that is not an object has no members. The text must outlive this object.
class CanonicalObject {
 public:
  explicit CanonicalObject(std::string_view canonical);

  const std::vector<CanonicalMember>& members() const { return members_; }
  // Empty if there is no such member.
  std::string_view Find(std::string_view name) const;
  // The unescaped text of a string member; nullopt if the member is absent or not a string.
  std::optional<std::string> Text(std::string_view name) const;

 private:
  std::vector<CanonicalMember> members_;
};

// The items of a canonical array; empty if the value is not an array.
std::vector<std::string_view> CanonicalItems(std::string_view canonical);

// The unescaped text of a canonical string; nullopt if the value is not a string.
std::optional<std::string> CanonicalText(std::string_view canonical);

// A canonical array of these strings.
std::string CanonicalTexts(const std::vector<std::string>& texts);

// Writes a canonical object member by member.
class CanonicalWriter {
 public:
  // `canonical` is a canonical value. `name` must need no escapes or be already escaped (CanonicalMember::name).
  void Add(std::string_view name, std::string_view canonical);
  void AddText(std::string_view name, std::string_view text);
  bool empty() const { return text_.empty(); }
  // The object with the members added so far.
  std::string Finish() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

}  // namespace coffer::format
