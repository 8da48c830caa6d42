// Members: the members of one JSON object of a request, read one by one in the order of its model.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/requests/lax_values.h"

namespace coffer::http {

// Keeps references to its arguments; use it on the stack. A fault goes to `faults`, and the value is then the default.
class Members {
 public:
  Members(const GivenJson& object, Json loc, Faults& faults) : object_(object), loc_(std::move(loc)), faults_(faults) {}

  bool Has(const char* name) const { return object_.contains(name); }
  // Whether the member is present and not null.
  bool HasValue(const char* name) const { return Has(name) && !object_[name].is_null(); }
  Json LocOf(const char* name) const { return Below(loc_, name); }
  void Missing(const char* name) const { faults_.Add({LocOf(name), "missing", "Field required"}); }

  std::string RequiredText(const char* name) const;
  std::optional<std::string> OptionalText(const char* name) const;
  bool Flag(const char* name, bool otherwise) const;
  std::int64_t Integer(const char* name, std::int64_t otherwise, IntegerRange range) const;
  std::optional<Timestamp> OptionalTime(const char* name) const;
  std::optional<GivenJson> OptionalObject(const char* name) const;
  std::vector<std::string> TextList(const char* name) const;
  // Absent: an empty object. Null is a fault.
  GivenJson Object(const char* name) const;
  template <typename Enum>
  Enum Choice(const char* name, const json::Choices<Enum>& choices, Enum otherwise) const {
    return Given(name, otherwise, [this, &choices](const GivenJson& value, const Json& loc) {
      return ReadChoice(value, loc, choices, faults_);
    });
  }
  // Adds "extra_forbidden" for every member whose name is not in `names`.
  void ForbidOthers(const std::vector<std::string_view>& names) const;

 private:
  template <typename T, typename Read>
  T Given(const char* name, T otherwise, Read read) const {
    if (!Has(name)) return otherwise;
    const auto value = read(object_[name], LocOf(name));
    return value ? T(*value) : otherwise;
  }
  template <typename T, typename Read>
  std::optional<T> GivenOrNull(const char* name, Read read) const {
    return HasValue(name) ? read(object_[name], LocOf(name), faults_) : std::nullopt;
  }

  const GivenJson& object_;
  Json loc_;
  Faults& faults_;
};

// The texts of an array at `loc`.
std::vector<std::string> ReadTextList(const GivenJson& value, const Json& loc, Faults& faults);

}  // namespace coffer::http
