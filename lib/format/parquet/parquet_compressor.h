// ParquetCompressor: compresses page bodies with the file's codec.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "coffer/result.h"
#include "format/parquet/parquet_format.h"

namespace coffer::format {

// Reuses its memory for every page. One thread at a time.
class ParquetCompressor {
 public:
  // `level` is a zstd level; 0: no compression.
  explicit ParquetCompressor(int level);
  ~ParquetCompressor();
  ParquetCompressor(const ParquetCompressor&) = delete;
  ParquetCompressor& operator=(const ParquetCompressor&) = delete;

  ParquetCodec codec() const;
  // Appends the compressed concatenation of the pieces. kInternal: zstd failed. kResourceExhausted: no memory for zstd.
  Status Append(std::span<const std::string_view> pieces, std::string& out);

 private:
  struct Context;
  const int level_;
  std::unique_ptr<Context> context_;
};

}  // namespace coffer::format
