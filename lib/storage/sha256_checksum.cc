#include "storage/sha256_checksum.h"

#include <string_view>

#include "format/records/sha256.h"

namespace coffer::storage {
namespace {

class Sha256Generator final : public rocksdb::FileChecksumGenerator {
 public:
  void Update(const char* data, std::size_t n) override { hash_.Update(std::string_view(data, n)); }
  void Finalize() override { digest_ = hash_.Finish(); }
  std::string GetChecksum() const override { return digest_; }
  const char* Name() const override { return kSha256ChecksumName; }

 private:
  format::Sha256 hash_;
  std::string digest_;
};

class Sha256Factory final : public rocksdb::FileChecksumGenFactory {
 public:
  std::unique_ptr<rocksdb::FileChecksumGenerator> CreateFileChecksumGenerator(
      const rocksdb::FileChecksumGenContext& context) override {
    // RocksDB passes a name when it checks a file that another generator may have written.
    const std::string& wanted = context.requested_checksum_func_name;
    if (!wanted.empty() && wanted != kSha256ChecksumName) {
      return nullptr;
    }
    return std::make_unique<Sha256Generator>();
  }
  const char* Name() const override { return "coffer.Sha256Factory"; }
};

}  // namespace

std::shared_ptr<rocksdb::FileChecksumGenFactory> NewSha256ChecksumFactory() {
  // OpenSSL allocates memory for the thread of its first use, and RocksDB's threads never end. So the first use is here.
  const format::Sha256 loads_openssl;
  return std::make_shared<Sha256Factory>();
}

}  // namespace coffer::storage
