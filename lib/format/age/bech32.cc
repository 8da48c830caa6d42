#include "format/age/bech32.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>

namespace coffer::format {
namespace {

constexpr std::string_view kLetters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t kChecksumLetters = 6;
constexpr std::uint8_t kNone = 0xFF;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }

std::uint8_t ValueOf(char c) {
  const std::size_t at = kLetters.find(Lower(c));
  return at == std::string_view::npos ? kNone : static_cast<std::uint8_t>(at);
}

// The checksum over the values given to Feed.
class Checksum {
 public:
  explicit Checksum(std::string_view prefix) {
    for (const char c : prefix) Feed(static_cast<std::uint8_t>(Lower(c) >> 5));
    Feed(0);
    for (const char c : prefix) Feed(Lower(c) & 0x1F);
  }

  void Feed(std::uint8_t value) {
    constexpr std::array<std::uint32_t, 5> kGenerator = {0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3};
    const std::uint32_t top = state_ >> 25;
    state_ = (state_ & 0x1FFFFFF) << 5 ^ value;
    for (std::size_t i = 0; i < kGenerator.size(); ++i) {
      if ((top >> i & 1) != 0) state_ ^= kGenerator[i];
    }
  }

  std::uint32_t state() const { return state_; }

 private:
  std::uint32_t state_ = 1;
};

// Converts groups of five bits to bytes. Fewer than five bits may be left over, and they must be zero.
bool Regroup(std::span<const std::uint8_t> values, std::span<std::uint8_t> bytes) {
  if (values.size() != (bytes.size() * 8 + 4) / 5) return false;
  std::uint32_t bits = 0;
  int held = 0;
  std::size_t filled = 0;
  for (const std::uint8_t value : values) {
    bits = bits << 5 | value;
    held += 5;
    if (held < 8) continue;
    held -= 8;
    bytes[filled++] = static_cast<std::uint8_t>(bits >> held);
    bits &= (1U << held) - 1;
  }
  return bits == 0;
}

Status Decode(std::string_view text, std::string_view prefix, std::span<std::uint8_t> values, std::span<std::uint8_t> bytes) {
  Checksum checksum(prefix);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = ValueOf(text[i]);
    if (values[i] == kNone) return Status::InvalidArgument("a character is not in the Bech32 alphabet");
    checksum.Feed(values[i]);
  }
  if (checksum.state() != 1) return Status::InvalidArgument("wrong checksum: a character is wrong or missing");
  if (!Regroup(values.first(values.size() - kChecksumLetters), bytes)) return Status::InvalidArgument("wrong length");
  return Status::Ok();
}

}  // namespace

std::string EncodeBech32(std::string_view prefix, std::span<const std::uint8_t> bytes) {
  std::string text(prefix);
  text.reserve(prefix.size() + 1 + (bytes.size() * 8 + 4) / 5 + kChecksumLetters);
  text.push_back('1');
  Checksum checksum(prefix);
  const auto append = [&](std::uint32_t value) {
    checksum.Feed(value & 0x1F);
    text.push_back(kLetters[value & 0x1F]);
  };
  std::uint32_t bits = 0;
  int held = 0;
  for (const std::uint8_t byte : bytes) {
    bits = (bits << 8 | byte) & 0xFFF;
    for (held += 8; held >= 5;) append(bits >> (held -= 5));
  }
  if (held > 0) append(bits << (5 - held));
  for (std::size_t i = 0; i < kChecksumLetters; ++i) checksum.Feed(0);
  const std::uint32_t sum = checksum.state() ^ 1;
  for (std::size_t i = 0; i < kChecksumLetters; ++i) text.push_back(kLetters[sum >> 5 * (kChecksumLetters - 1 - i) & 0x1F]);
  return text;
}

Status DecodeBech32(std::string_view text, std::string_view prefix, std::span<std::uint8_t> bytes) {
  if (!text.starts_with(prefix) || text.substr(prefix.size(), 1) != "1") {
    return Status::InvalidArgument("expected a text starting with " + std::string(prefix) + "1");
  }
  if (text.size() > kBech32CharactersMax) return Status::InvalidArgument("wrong length");
  const bool upper = std::any_of(prefix.begin(), prefix.end(), IsUpper);
  if (std::any_of(text.begin(), text.end(), upper ? IsLower : IsUpper)) {
    return Status::InvalidArgument(upper ? "expected upper case" : "expected lower case");
  }
  text.remove_prefix(prefix.size() + 1);
  if (text.size() < kChecksumLetters) return Status::InvalidArgument("wrong length");
  std::array<std::uint8_t, kBech32CharactersMax> values;
  Status decoded = Decode(text, prefix, std::span(values).first(text.size()), bytes);
  OPENSSL_cleanse(values.data(), values.size());
  if (!decoded.ok()) OPENSSL_cleanse(bytes.data(), bytes.size());
  return decoded;
}

}  // namespace coffer::format
