// SHA-256 of every sorted and blob file. RocksDB computes it while it writes the file and keeps it in the MANIFEST.
#pragma once

#include <rocksdb/file_checksum.h>

#include <memory>

namespace coffer::storage {

// Stored with each digest; never changes. Digests of another name are not Coffer's.
inline constexpr char kSha256ChecksumName[] = "coffer.Sha256";

std::shared_ptr<rocksdb::FileChecksumGenFactory> NewSha256ChecksumFactory();

}  // namespace coffer::storage
