#include "output.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <iostream>

namespace coffer::cli {

void PrintLine(std::string_view text) { std::cout << text << '\n'; }

void PrintMessage(std::string_view text) { std::cerr << "coffer: " << text << '\n'; }

ExitStatus Fail(const Status& status, bool json) {
  PrintMessage(status.message());
  if (json) {
    PrintLine(ToText({{"error", {{"code", StatusCodeName(status.code())}, {"message", status.message()}}}}));
  }
  return ExitStatusOf(status.code());
}

std::string Grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t place = digits.size(); place > 3;) {
    place -= 3;
    digits.insert(place, ",");
  }
  return digits;
}

std::string Bytes(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {"B", "kB", "MB", "GB", "TB"};
  auto amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (amount >= 1000 && unit + 1 < kUnits.size()) {
    amount /= 1000;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", amount, kUnits[unit]);
  return text.data();
}

ProgressBar::ProgressBar(std::string label) : label_(std::move(label)), terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
  if (terminal_ && drawn_at_ms_ != 0) std::fputs("\r\033[K", stderr);
}

void ProgressBar::Update(std::uint64_t done, std::uint64_t expected, std::string_view unit) {
  if (!terminal_) return;
  constexpr std::int64_t kRedrawMs = 100;
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const std::int64_t now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  if (now_ms - drawn_at_ms_ < kRedrawMs) return;
  drawn_at_ms_ = now_ms;
  std::string line = "\r\033[K" + label_ + "  ";
  if (expected > 0) {
    constexpr std::uint64_t kCells = 30;
    const std::uint64_t filled = std::min(kCells, done * kCells / expected);
    line.append("[").append(filled, '=').append(kCells - filled, ' ').append("] ");
  }
  line += unit == "bytes" ? Bytes(done) : Grouped(done) + " " + std::string(unit);
  if (expected > 0 && unit == "bytes") line += " of " + Bytes(expected);
  std::fputs(line.c_str(), stderr);
}

}  // namespace coffer::cli
