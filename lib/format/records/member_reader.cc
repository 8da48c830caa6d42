#include "format/records/member_reader.h"

#include <charconv>

#include "format/json/json_text.h"

namespace coffer::format {

bool MemberReader::RejectType(std::string_view wanted) {
  std::string unused;
  if (!reader_.AppendValue(unused)) return false;
  return Reject("not " + std::string(wanted));
}

bool MemberReader::RejectWord(std::string_view word) {
  std::string quoted;
  AppendJsonString(word.substr(0, 64), quoted);
  return Reject("unknown value " + quoted);
}

bool MemberReader::ReadText(std::string& text) {
  return reader_.Peek() == '"' ? reader_.ReadString(text) : RejectType("a string");
}

bool MemberReader::ReadDigits(std::string_view& digits) {
  const char first = reader_.Peek();
  const bool number_like = first == '-' || (first >= '0' && first <= '9');
  return number_like ? reader_.ReadNumber(digits) : RejectType("a number");
}

bool MemberReader::Read(Rule rule, std::string& text) {
  if (!ReadText(text)) return false;
  if (rule == Rule::kNone) return true;
  std::string fault = TextFault(rule, text);
  return fault.empty() || Reject(std::move(fault));
}

bool MemberReader::Read(Rule rule, std::vector<std::string>& strings) {
  if (reader_.Peek() != '[') return RejectType("an array of strings");
  strings.clear();
  CanonicalReader::Scope scope;
  if (!reader_.OpenArray(scope)) return false;
  while (reader_.NextItem(scope)) {
    if (!ReadText(strings.emplace_back())) {
      return !reader_.failed() && Reject("item " + std::to_string(strings.size() - 1) + " is " + reason_);
    }
  }
  if (reader_.failed()) return false;
  std::string fault = StringsFault(rule, strings);
  return fault.empty() || Reject(std::move(fault));
}

bool MemberReader::Read(Rule rule, JsonNumber& number) {
  std::string_view digits;
  if (!ReadDigits(digits)) return false;
  number = CanonicalReader::MakeNumber(digits);
  std::string fault = NumberFault(rule, digits);
  return fault.empty() || Reject(std::move(fault));
}

bool MemberReader::Read(Rule rule, Json& value) {
  std::string canonical;
  if (!reader_.AppendValue(canonical)) return false;
  value = CanonicalReader::MakeJson(std::move(canonical));
  std::string fault = JsonFault(rule, value);
  return fault.empty() || Reject(std::move(fault));
}

bool MemberReader::Read(Rule, Timestamp& timestamp) {
  if (!ReadText(text_)) return false;
  Result<Timestamp> parsed = ParseTimestamp(text_);
  if (!parsed.ok()) return Reject(std::string(parsed.status().message()));
  timestamp = *parsed;
  return true;
}

bool MemberReader::Read(Rule rule, std::uint64_t& value) {
  std::string_view digits;
  if (!ReadDigits(digits)) return false;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) {
    return Reject("not a whole number from 0 to 18446744073709551615");
  }
  std::string fault = WholeFault(rule, value);
  return fault.empty() || Reject(std::move(fault));
}

bool MemberReader::Read(Rule, bool& value) {
  const char first = reader_.Peek();
  return first == 't' || first == 'f' ? reader_.ReadBool(value) : RejectType("true or false");
}

}  // namespace coffer::format
