// ZipReader: the entries of a ZIP file, read from start to end. Nothing is ever written to disk.
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
  std::string path;  // as it stands in the archive: may be hostile, and may be no UTF-8
  bool is_file = false;
  bool is_folder = false;  // neither: a link …
};

// The limits of one reading; tests turn them.
struct ZipLimits {
  std::size_t entries_max = kImportZipEntriesMax;
  std::uint64_t unpacked_bytes_max = kImportZipUnpackedBytesMax;
  std::uint64_t ratio_max = kImportZipRatioMax;
};

// The bytes of the present entry are its own as a ByteSource. One thread at a time.
class ZipReader final : public ByteSource {
 public:
  // A file of `size_bytes`. `name` stands before what goes wrong.
  static Result<std::unique_ptr<ZipReader>> Open(format::RangeReader source, std::uint64_t size_bytes, std::string name,
                                                 const ZipLimits& limits = {});
  ~ZipReader() override;
  ZipReader(const ZipReader&) = delete;
  ZipReader& operator=(const ZipReader&) = delete;

  // Goes to the next entry; false at the end. kInvalidArgument: no ZIP file. kCorruption: damaged or cut off.
  // kResourceExhausted: more entries than the limit.
  Result<bool> Next(ZipEntry& entry);
  // Bytes of the present entry; 0 at its end. kCorruption: the entry is damaged or encrypted; the next one may still be read.
  // kResourceExhausted: the archive unpacks to more than the limits let it.
  Result<std::size_t> Read(char* buffer, std::size_t length) override;
  // kResourceExhausted once the archive has unpacked to more than the limits let it.
  Status CheckUnpacked() const;

 private:
  struct State;
  explicit ZipReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace coffer::operations
