#include "http/requests/json_body.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "coffer/limits.h"
#include "http/requests/json_fault.h"

namespace coffer::http {
namespace {

// Builds the value from the parser's events. A whole number beyond 64 bits becomes the nearest one that fits: numbers are only
// checked against ranges, and a double would look like a number with a fraction.
class Builder final : public nlohmann::json_sax<GivenJson> {
 public:
  GivenJson Take() { return std::move(root_); }

  bool null() override { return Put(nullptr); }
  bool boolean(bool value) override { return Put(value); }
  bool number_integer(number_integer_t value) override { return Put(value); }
  bool number_unsigned(number_unsigned_t value) override { return Put(value); }
  bool number_float(number_float_t value, const string_t& digits) override {
    if (digits.find_first_of(".eE") != string_t::npos) return Put(value);
    using Limits = std::numeric_limits<number_integer_t>;
    return Put(digits.starts_with('-') ? Limits::min() : Limits::max());
  }
  bool string(string_t& value) override { return Put(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(std::size_t /*size*/) override { return Open(GivenJson::object()); }
  bool key(string_t& value) override {
    key_ = std::move(value);
    return true;
  }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t /*size*/) override { return Open(GivenJson::array()); }
  bool end_array() override { return Close(); }
  bool parse_error(std::size_t /*place*/, const std::string& /*token*/, const nlohmann::detail::exception& /*why*/) override {
    return false;
  }

 private:
  GivenJson* Place(GivenJson value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    GivenJson& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    GivenJson& member = parent[key_];
    member = std::move(value);
    return &member;
  }

  bool Put(GivenJson value) {
    Place(std::move(value));
    return true;
  }

  bool Open(GivenJson value) {
    if (open_.size() == static_cast<std::size_t>(kJsonDepthMax)) return false;
    open_.push_back(Place(std::move(value)));
    return true;
  }

  bool Close() {
    open_.pop_back();
    return true;
  }

  GivenJson root_;
  // The containers that are open. Each is inside the one before it, which does not grow until the inner one is closed, so the
  // pointers stay valid.
  std::vector<GivenJson*> open_;
  std::string key_;
};

Fault InvalidJson(std::string_view body) {
  const JsonFault fault = FindJsonFault(body, kJsonDepthMax).value_or(JsonFault{0, "Not UTF-8, or a number out of range"});
  return {{"body", fault.character}, "json_invalid", "JSON decode error", {{"error", fault.words}}};
}

}  // namespace

std::optional<GivenJson> ReadJsonBody(std::string_view body, Faults& faults) {
  if (body.empty()) {
    faults.Add({{"body"}, "missing", "Field required"});
    return std::nullopt;
  }
  Builder builder;
  if (GivenJson::sax_parse(body, &builder)) return builder.Take();
  faults.Add(InvalidJson(body));
  return std::nullopt;
}

}  // namespace coffer::http
