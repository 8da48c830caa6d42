#include "format/json/json_tokens.h"

#include <algorithm>
#include <cstring>
#include <new>

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include "coffer/limits.h"

namespace coffer::format {
namespace {

// A buffer that grew beyond this for a huge line is freed at the next line of usual size.
constexpr std::size_t kKeptBytesMax = std::size_t{8} << 20;
constexpr std::size_t kFirstBytes = std::size_t{64} << 10;

// The length of the UTF-8 sequence at the start of `text`, 0 if it is not valid. Source: Unicode standard, table 3-7.
std::size_t SequenceLength(std::string_view text) {
  const auto byte = [text](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto continues = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return continues(1, low, high) && continues(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

// simdjson reports only that there is a fault; this finds its place.
std::string DescribeFault(std::string_view text) {
  const std::size_t bad_utf8 = FindBadUtf8(text);
  if (bad_utf8 < text.size()) return "byte " + std::to_string(bad_utf8) + ": invalid UTF-8";
  bool in_string = false;
  std::size_t opened = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      in_string = !in_string;
      opened = i;
    } else if (text[i] == '\\') {
      ++i;
    } else if (in_string && static_cast<unsigned char>(text[i]) < 0x20) {
      return "byte " + std::to_string(i) + ": control character in a string";
    }
  }
  if (in_string) return "byte " + std::to_string(opened) + ": unterminated string";
  return "byte 0: not JSON";
}

}  // namespace

// Uses only simdjson's first stage. Its On-Demand API does not validate skipped values (truex, unbalanced brackets), and its
// string parser (3.0) accepts lone surrogates. json_text.cc checks grammar and escapes instead.
struct JsonTokens::Splitter {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stages;
  std::size_t capacity = 0;

  simdjson::error_code Reserve(std::size_t size) {
    if (size <= capacity) return simdjson::SUCCESS;
    capacity = 0;
    const simdjson::error_code error =
        stages ? stages->set_capacity(size)
               : simdjson::get_active_implementation()->create_dom_parser_implementation(size, kJsonDepthMax, stages);
    if (error == simdjson::SUCCESS) capacity = size;
    return error;
  }
};

JsonTokens::JsonTokens() : splitter_(std::make_unique<Splitter>()) {}
JsonTokens::~JsonTokens() = default;

void JsonTokens::Reserve(std::size_t size) {
  const bool too_large = capacity_ > kKeptBytesMax && size <= kKeptBytesMax;
  if (buffer_ != nullptr && size <= capacity_ && !too_large) return;
  if (too_large) splitter_ = std::make_unique<Splitter>();
  buffer_.reset();
  capacity_ = std::max(size <= kKeptBytesMax / 2 ? 2 * size : size, kFirstBytes);
  buffer_ = std::make_unique_for_overwrite<char[]>(capacity_ + simdjson::SIMDJSON_PADDING);
}

bool JsonTokens::Split(std::string_view text) {
  offsets_ = {};
  size_ = 0;
  if (text.size() >= simdjson::SIMDJSON_MAXSIZE_BYTES / 2) {
    fault_ = "byte 0: text of 2 GiB or more";
    return false;
  }
  Reserve(text.size());
  if (!text.empty()) std::memcpy(buffer_.get(), text.data(), text.size());
  std::memset(buffer_.get() + text.size(), ' ', simdjson::SIMDJSON_PADDING);
  size_ = text.size();

  // Not a fault of the text: an import would reject a good record.
  if (splitter_->Reserve(capacity_) != simdjson::SUCCESS) throw std::bad_alloc();
  auto& stages = *splitter_->stages;
  const simdjson::error_code error =
      stages.stage1(reinterpret_cast<const std::uint8_t*>(buffer_.get()), size_, simdjson::stage1_mode::regular);
  if (error != simdjson::SUCCESS) {
    fault_ = error == simdjson::EMPTY ? "byte 0: empty text" : DescribeFault(text);
    return false;
  }
  offsets_ = {stages.structural_indexes.get(), stages.n_structural_indexes};
  return true;
}

bool IsUtf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

std::size_t FindBadUtf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = SequenceLength(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return at;
}

}  // namespace coffer::format
