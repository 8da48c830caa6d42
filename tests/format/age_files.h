// Files of age in memory, and sources that read them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <span>
#include <string>
#include <string_view>

#include "format/age.h"
#include "support/status_matchers.h"

namespace coffer::format {

inline std::string RandomBytes(std::size_t length, unsigned seed) {
  std::mt19937_64 random(seed);
  std::string bytes(length, '\0');
  for (std::size_t i = 0; i < length; i += 8) {
    const std::uint64_t value = random();
    std::memcpy(bytes.data() + i, &value, std::min<std::size_t>(8, length - i));
  }
  return bytes;
}

inline AgeIdentity NewIdentity() {
  Result<AgeIdentity> identity = AgeIdentity::Generate();
  EXPECT_OK(identity);
  return *identity;
}

// Gives it to the encryptor in pieces of `step` bytes.
inline std::string Encrypt(std::string_view plain, std::span<const AgeRecipient> recipients, std::size_t step = 100'000) {
  std::string file;
  AgeEncryptor encryptor(recipients, [&](std::string_view bytes) {
    file += bytes;
    return Status::Ok();
  });
  for (std::size_t at = 0; at < plain.size(); at += step) EXPECT_OK(encryptor.Write(plain.substr(at, step)));
  EXPECT_OK(encryptor.Finish());
  return file;
}

// `bytes` must outlive it.
inline RangeReader SourceOf(std::string_view bytes) {
  return [bytes](std::uint64_t offset, std::size_t length, char* buffer) -> Result<std::size_t> {
    if (offset >= bytes.size()) return std::size_t{0};
    return bytes.copy(buffer, length, offset);
  };
}

inline Result<std::string> Decrypt(std::string_view file, std::span<const AgeIdentity> identities) {
  const Result<std::unique_ptr<AgeReader>> reader = AgeReader::Open(SourceOf(file), file.size(), identities);
  if (!reader.ok()) return reader.status();
  std::string plain((*reader)->size_bytes(), '\0');
  const Result<std::size_t> got = (*reader)->Read(0, plain.size(), plain.data());
  if (!got.ok()) return got.status();
  EXPECT_EQ(*got, plain.size());
  return plain;
}

}  // namespace coffer::format
