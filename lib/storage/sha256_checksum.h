// SHA-256 of every sorted and blob file, computed while RocksDB writes it and kept in the MANIFEST from then on.
#pragma once

#include <rocksdb/file_checksum.h>

#include <memory>

namespace coffer::storage {

// Stored beside each digest and frozen: digests under another name are not ours.
inline constexpr char kSha256ChecksumName[] = "coffer.Sha256";

std::shared_ptr<rocksdb::FileChecksumGenFactory> NewSha256ChecksumFactory();

}  // namespace coffer::storage
