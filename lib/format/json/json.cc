#include "coffer/json.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "format/json/decimal.h"
#include "format/json/json_text.h"
#include "vocabulary/exceptions.h"

namespace coffer {

Result<Json> Json::Parse(std::string_view text) try {
  CanonicalReader reader;
  std::string canonical;
  if (!reader.Start(text) || !reader.AppendValue(canonical) || !reader.Finish()) {
    return Status::InvalidArgument(reader.fault());
  }
  canonical.shrink_to_fit();
  return Json(std::move(canonical));
} catch (...) {
  return StatusOfException();
}

JsonNumber::JsonNumber(double value) {
  if (!std::isfinite(value)) return;
  char digits[32];
  const std::to_chars_result end = std::to_chars(digits, digits + sizeof(digits), value);
  text_.assign(digits, end.ptr);
}

Result<JsonNumber> JsonNumber::FromDouble(double value) try {
  if (std::isfinite(value)) return JsonNumber(value);
  return Status::InvalidArgument("NaN and infinities are not JSON numbers");
} catch (...) {
  return StatusOfException();
}

Result<JsonNumber> JsonNumber::Parse(std::string_view text) try {
  if (format::IsJsonNumber(text)) return JsonNumber(std::string(text));
  return Status::InvalidArgument("\"" + std::string(text.substr(0, 64)) + "\" is not a JSON number");
} catch (...) {
  return StatusOfException();
}

double JsonNumber::ToDouble() const {
  if (text_.empty()) return std::numeric_limits<double>::quiet_NaN();
  double value = 0;
  const auto read = std::from_chars(text_.data(), text_.data() + text_.size(), value);
  if (read.ec == std::errc()) return value;
  // Too large or too small; from_chars does not say which.
  const format::Decimal decimal(text_);
  const double magnitude = decimal.CompareMagnitude(1) > 0 ? std::numeric_limits<double>::infinity() : 0.0;
  return decimal.negative() ? -magnitude : magnitude;
}

Status JsonMembers::Add(std::string_view name, const Json& value) try {
  std::string quoted;
  if (!format::AppendCheckedJsonString(name, quoted)) {
    return Status::InvalidArgument("member name: byte " + std::to_string(format::FindBadUtf8(name)) + ": invalid UTF-8");
  }
  std::string_view rest = text_;
  std::string_view other_name;
  std::string_view other_value;
  while (format::TakeCanonicalMember(rest, other_name, other_value)) {
    if (other_name == quoted) return Status::AlreadyExists("member " + quoted);
  }
  if (!text_.empty()) text_ += ',';
  text_.append(quoted).append(":").append(value.text());
  return Status::Ok();
} catch (...) {
  return StatusOfException();
}

}  // namespace coffer
