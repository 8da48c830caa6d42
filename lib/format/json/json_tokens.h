// JsonTokens: the offsets of the tokens in a JSON text. Only json_tokens.cc uses simdjson.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace coffer::format {

// Splits texts into tokens. Keeps its buffers for the next text; use one per thread.
class JsonTokens {
 public:
  JsonTokens();
  ~JsonTokens();
  JsonTokens(const JsonTokens&) = delete;
  JsonTokens& operator=(const JsonTokens&) = delete;

  // Copies `text` and finds its tokens. True if the text is valid UTF-8 and every string is closed and without control
  // characters; nothing else is checked. False: fault() has the byte and the reason.
  bool Split(std::string_view text);

  // Valid until the next Split.
  std::string_view text() const noexcept { return {buffer_.get(), size_}; }
  // Offsets in text(): of every opening quote of a string, of every {}[]:, outside strings, and of the first byte of every
  // other token.
  std::span<const std::uint32_t> offsets() const noexcept { return offsets_; }
  const std::string& fault() const noexcept { return fault_; }

 private:
  struct Splitter;
  void Reserve(std::size_t size);

  std::unique_ptr<Splitter> splitter_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
  std::span<const std::uint32_t> offsets_;
  std::string fault_;
};

bool IsUtf8(std::string_view text);

// The offset of the first byte that is not valid UTF-8; the text's size if all are valid.
std::size_t FindBadUtf8(std::string_view text);

}  // namespace coffer::format
