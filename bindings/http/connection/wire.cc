#include "http/connection/wire.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include "http/requests/problem.h"

namespace coffer::http {
namespace {

void Append(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void AppendNumber(std::string& out, std::string_view name, std::uint64_t number) {
  out.append(name);
  Append(out, number);
  out.append("\r\n");
}

// A line break in a value would end the header early.
void AppendText(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  std::ranges::copy_if(value, std::back_inserter(out), [](char c) { return c != '\r' && c != '\n' && c != '\0'; });
  out.append("\r\n");
}

// "Date: Sun, 06 Nov 1994 08:49:37 GMT", made once a second by each thread.
const std::string& DateLine(std::chrono::system_clock::time_point now) {
  thread_local std::time_t second = -1;
  thread_local std::string line;
  const std::time_t present = std::chrono::system_clock::to_time_t(now);
  if (present == second) return line;
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm parts{};
  gmtime_r(&present, &parts);
  std::array<char, 64> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n", kDays[parts.tm_wday],
                    parts.tm_mday, kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
  line.assign(text.data(), static_cast<std::size_t>(length));
  second = present;
  return line;
}

bool HasNoBody(int status) { return status == 204 || status == 304; }

}  // namespace

void WriteHead(const Response& response, bool keep_alive, std::chrono::system_clock::time_point now, std::string& out) {
  out.assign("HTTP/1.1 ");
  Append(out, static_cast<std::uint64_t>(response.status));
  out.append(" ").append(ReasonPhrase(response.status)).append("\r\n").append(DateLine(now));
  if (!HasNoBody(response.status)) {
    out.append("Content-Type: ").append(response.content_type).append("\r\n");
    if (!response.events) AppendNumber(out, "Content-Length: ", response.BodyBytes());
  }
  out.append("Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n");
  AppendText(out, "x-correlation-id", response.correlation_id);
  AppendNumber(out, "X-RateLimit-Limit-Minute: ", response.rate.limit_minute);
  AppendNumber(out, "X-RateLimit-Limit-Hour: ", response.rate.limit_hour);
  AppendNumber(out, "X-RateLimit-Remaining-Minute: ", response.rate.remaining_minute);
  AppendNumber(out, "X-RateLimit-Remaining-Hour: ", response.rate.remaining_hour);
  for (const Header& header : response.headers) AppendText(out, header.name, header.value);
  if (!keep_alive) out.append("Connection: close\r\n");
  out.append("\r\n");
}

}  // namespace coffer::http
