// age files in memory.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "format/age/age.h"
#include "format/byte_samples.h"
#include "support/status_matchers.h"

namespace coffer::format {

inline AgeIdentity NewIdentity() {
  Result<AgeIdentity> identity = AgeIdentity::Generate();
  EXPECT_OK(identity);
  return *identity;
}

// Passes it to the encryptor in pieces of `step` bytes.
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
