#include "http/requests/members.h"

#include <algorithm>

namespace coffer::http {

std::string Members::RequiredText(const char* name) const {
  if (!Has(name)) {
    Missing(name);
    return {};
  }
  return ReadText(object_[name], LocOf(name), faults_).value_or("");
}

std::optional<std::string> Members::OptionalText(const char* name) const { return GivenOrNull<std::string>(name, ReadText); }

bool Members::Flag(const char* name, bool otherwise) const {
  return Given(name, otherwise, [this](const GivenJson& value, const Json& loc) { return ReadFlag(value, loc, faults_); });
}

std::int64_t Members::Integer(const char* name, std::int64_t otherwise, IntegerRange range) const {
  return Given(name, otherwise,
               [this, range](const GivenJson& value, const Json& loc) { return ReadInteger(value, loc, range, faults_); });
}

std::optional<Timestamp> Members::OptionalTime(const char* name) const { return GivenOrNull<Timestamp>(name, ReadTime); }

std::optional<GivenJson> Members::OptionalObject(const char* name) const { return GivenOrNull<GivenJson>(name, ReadObject); }

std::vector<std::string> Members::TextList(const char* name) const {
  if (!HasValue(name)) return {};
  return ReadTextList(object_[name], LocOf(name), faults_);
}

GivenJson Members::Object(const char* name) const {
  if (!Has(name)) return GivenJson::object();
  return ReadObject(object_[name], LocOf(name), faults_).value_or(GivenJson::object());
}

void Members::ForbidOthers(const std::vector<std::string_view>& names) const {
  for (const auto& [name, value] : object_.items()) {
    if (std::ranges::find(names, name) != names.end()) continue;
    faults_.Add({Below(loc_, name), "extra_forbidden", "Extra inputs are not permitted"});
  }
}

std::vector<std::string> ReadTextList(const GivenJson& value, const Json& loc, Faults& faults) {
  std::vector<std::string> texts;
  if (!value.is_array()) {
    faults.Add({loc, "list_type", "Input should be a valid list"});
    return texts;
  }
  texts.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    auto text = ReadText(value[i], Below(loc, i), faults);
    if (text) texts.push_back(*std::move(text));
  }
  return texts;
}

}  // namespace coffer::http
