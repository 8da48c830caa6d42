// Members: the members of one JSON object of a request, read one by one in the order of its model.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/requests/lax_values.h"

namespace coffer::http {

// Refers to its arguments; use it on the stack. Every fault goes to `faults`, and the value is then the default.
class Members {
 public:
  Members(const GivenJson& object, Json loc, Faults& faults) : object_(object), loc_(std::move(loc)), faults_(faults) {}

  bool Has(const char* name) const { return object_.contains(name); }
  // Whether null was given, where that is a value of its own.
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
  // Null is not an object here.
  GivenJson Object(const char* name) const;
  // One of `words`; its place among them.
  std::size_t Choice(const char* name, const std::vector<std::string_view>& words, std::size_t otherwise) const;
  // Every member that is none of `names` is an "extra_forbidden".
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

// Adds the faults of an array of texts at `loc`.
std::vector<std::string> ReadTextList(const GivenJson& value, const Json& loc, Faults& faults);

}  // namespace coffer::http
