#include "format/json/canonical_object.h"

#include "format/json/json_text.h"

namespace coffer::format {
namespace {

bool HasBrackets(std::string_view canonical, char open, char close) {
  return canonical.size() >= 2 && canonical.front() == open && canonical.back() == close;
}

}  // namespace

std::string CanonicalMember::Name() const {
  std::string text;
  AppendUnescaped({name.data() - 1, name.size() + 2}, text);
  return text;
}

CanonicalObject::CanonicalObject(std::string_view canonical) {
  if (!HasBrackets(canonical, '{', '}')) return;
  std::string_view rest = canonical.substr(1, canonical.size() - 2);
  CanonicalMember member;
  while (TakeCanonicalMember(rest, member.name, member.value)) {
    member.name = member.name.substr(1, member.name.size() - 2);
    members_.push_back(member);
  }
}

std::string_view CanonicalObject::Find(std::string_view name) const {
  for (const CanonicalMember& member : members_) {
    if (member.name == name) return member.value;
  }
  return {};
}

std::optional<std::string> CanonicalObject::Text(std::string_view name) const { return CanonicalText(Find(name)); }

std::vector<std::string_view> CanonicalItems(std::string_view canonical) {
  std::vector<std::string_view> items;
  if (!HasBrackets(canonical, '[', ']')) return items;
  for (std::size_t at = 1; at + 1 < canonical.size();) {
    const std::size_t end = CanonicalValueEnd(canonical, at);
    items.push_back(canonical.substr(at, end - at));
    at = end + 1;
  }
  return items;
}

std::optional<std::string> CanonicalText(std::string_view canonical) {
  if (!HasBrackets(canonical, '"', '"')) return std::nullopt;
  std::string text;
  AppendUnescaped(canonical, text);
  return text;
}

std::string CanonicalTexts(const std::vector<std::string>& texts) {
  std::string array = "[";
  for (const std::string& text : texts) {
    if (array.size() > 1) array += ',';
    AppendJsonString(text, array);
  }
  return array + "]";
}

void CanonicalWriter::Add(std::string_view name, std::string_view canonical) {
  if (!text_.empty()) text_ += ',';
  text_.append("\"").append(name).append("\":").append(canonical);
}

void CanonicalWriter::AddText(std::string_view name, std::string_view text) {
  std::string literal;
  AppendJsonString(text, literal);
  Add(name, literal);
}

}  // namespace coffer::format
