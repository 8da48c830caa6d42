// ZipReader: reads the entries of a ZIP file from start to end. Writes nothing to disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "coffer/import.h"
#include "coffer/result.h"
#include "format/zstd/range_reader.h"

namespace coffer::operations {

struct ZipEntry {
  std::string path;  // unchecked: may be hostile or invalid UTF-8
  bool is_file = false;
  bool is_folder = false;  // neither is set: a link …
};

// The limits of one reading. Tests lower them.
struct ZipLimits {
  std::size_t entries_max = kImportZipEntriesMax;
  std::uint64_t unpacked_bytes_max = kImportZipUnpackedBytesMax;
  std::uint64_t ratio_max = kImportZipRatioMax;
};

// As a ByteSource, it returns the bytes of the current entry. One thread at a time.
class ZipReader final : public ByteSource {
 public:
  // A file of `size_bytes`. `name`: prefix of failure messages.
  static Result<std::unique_ptr<ZipReader>> Open(format::RangeReader source, std::uint64_t size_bytes, std::string name,
                                                 const ZipLimits& limits = {});
  ~ZipReader() override;
  ZipReader(const ZipReader&) = delete;
  ZipReader& operator=(const ZipReader&) = delete;

  // Goes to the next entry. False at the end.
  // kInvalidArgument: not a ZIP file.
  // kCorruption: damaged or truncated.
  // kResourceExhausted: more entries than the limit.
  Result<bool> Next(ZipEntry& entry);
  // Reads the current entry; 0 at its end.
  // kCorruption: the entry is damaged or encrypted; the next one may still be readable.
  // kResourceExhausted: the archive unpacks to more than the limits allow.
  Result<std::size_t> Read(char* buffer, std::size_t length) override;
  // kResourceExhausted if the archive has unpacked to more than the limits allow.
  Status CheckUnpacked() const;

 private:
  struct State;
  explicit ZipReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace coffer::operations
