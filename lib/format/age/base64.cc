#include "format/age/base64.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "vocabulary/try.h"

namespace coffer::format {
namespace {

// OpenSSL counts in int. A multiple of three, so that the encoded pieces can be joined.
constexpr std::size_t kPieceBytes = std::size_t{3} << 20;
constexpr std::uint8_t kNone = 0xFF;

constexpr std::array<std::uint8_t, 256> kValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNone);
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    values[static_cast<unsigned char>(kLetters[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}();

std::uint32_t ValueAt(std::string_view text, std::size_t at) { return kValues[static_cast<unsigned char>(text[at])]; }

Status BadAt(std::uint64_t offset, std::string_view reason) {
  return Status::InvalidArgument("base64 byte " + std::to_string(offset) + ": " + std::string(reason));
}

// Decodes the last four characters, the only ones that may end in padding.
Status DecodeLast(std::string_view quad, std::uint64_t offset, std::string& out) {
  const std::size_t letters = quad[3] != '=' ? 4 : quad[2] != '=' ? 3 : 2;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::uint32_t value = i < letters ? ValueAt(quad, i) : 0;
    if (value == kNone) return BadAt(offset + i, "not a base64 character");
    bits = bits << 6 | value;
  }
  const std::size_t bytes = letters - 1;
  if ((bits & (0xFFFFFFU >> (8 * bytes))) != 0) return BadAt(offset + letters - 1, "nonzero bits after the last byte");
  for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>(bits >> (16 - 8 * i) & 0xFF));
  return Status::Ok();
}

// Decodes quads without padding. After a fault `out` is incomplete.
Status DecodeQuads(std::string_view text, std::uint64_t offset, std::string& out) {
  const std::size_t begin = out.size();
  out.resize(begin + text.size() / 4 * 3);
  char* to = out.data() + begin;
  for (std::size_t at = 0; at < text.size(); at += 4, to += 3) {
    const std::uint32_t a = ValueAt(text, at);
    const std::uint32_t b = ValueAt(text, at + 1);
    const std::uint32_t c = ValueAt(text, at + 2);
    const std::uint32_t d = ValueAt(text, at + 3);
    if (((a | b | c | d) & 0xC0) != 0) {
      const std::size_t bad = a == kNone ? 0 : b == kNone ? 1 : c == kNone ? 2 : 3;
      return BadAt(offset + at + bad, "not a base64 character");
    }
    const std::uint32_t bits = a << 18 | b << 12 | c << 6 | d;
    to[0] = static_cast<char>(bits >> 16 & 0xFF);
    to[1] = static_cast<char>(bits >> 8 & 0xFF);
    to[2] = static_cast<char>(bits & 0xFF);
  }
  return Status::Ok();
}

}  // namespace

// Only OpenSSL's encoder is used: its decoder skips whitespace and accepts an incomplete end.
void AppendBase64(std::string_view bytes, std::string& out) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kPieceBytes);
    bytes.remove_prefix(piece.size());
    const std::size_t begin = out.size();
    const std::size_t length = (piece.size() + 2) / 3 * 4;
    out.resize(begin + length + 1);  // EVP_EncodeBlock adds a NUL
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data() + begin), reinterpret_cast<const unsigned char*>(piece.data()),
                    static_cast<int>(piece.size()));
    out.resize(begin + length);
  }
}

Status DecodeBase64(std::string_view text, std::string& out) {
  if (text.empty()) return Status::Ok();
  const std::size_t whole = text.size() / 4 * 4;
  const std::size_t last = text.size() % 4 == 0 ? whole - 4 : whole;
  const std::size_t begin = out.size();
  Status status = DecodeQuads(text.substr(0, last), 0, out);
  if (status.ok()) {
    status = last == whole ? BadAt(text.size(), "padding is missing") : DecodeLast(text.substr(last), last, out);
  }
  if (!status.ok()) out.resize(begin);
  return status;
}

Status Base64Decoder::Append(std::string_view text, std::string& out) {
  // Completes the held characters first, so that the rest is decoded from `text` without a copy.
  if (!held_.empty()) {
    const std::size_t take = std::min(4 - held_.size(), text.size());
    held_ += text.substr(0, take);
    text.remove_prefix(take);
    if (text.empty()) return Status::Ok();
    COFFER_TRY(DecodeQuads(held_, offset_, out));
    offset_ += held_.size();
    held_.clear();
  }
  if (text.empty()) return Status::Ok();
  const std::size_t sure = (text.size() - 1) / 4 * 4;
  COFFER_TRY(DecodeQuads(text.substr(0, sure), offset_, out));
  offset_ += sure;
  held_ = text.substr(sure);
  return Status::Ok();
}

Status Base64Decoder::Finish(std::string& out) {
  if (held_.empty()) return Status::Ok();
  if (held_.size() < 4) return BadAt(offset_ + held_.size(), "padding is missing");
  return DecodeLast(held_, offset_, out);
}

}  // namespace coffer::format
