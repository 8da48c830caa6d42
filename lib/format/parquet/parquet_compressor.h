// ParquetCompressor: the bodies of pages, as a file's codec has them.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "coffer/result.h"
#include "format/parquet/parquet_format.h"

namespace coffer::format {

// Keeps its memory from page to page. One thread at a time.
class ParquetCompressor {
 public:
  // zstd's level; 0: not compressed.
  explicit ParquetCompressor(int level);
  ~ParquetCompressor();
  ParquetCompressor(const ParquetCompressor&) = delete;
  ParquetCompressor& operator=(const ParquetCompressor&) = delete;

  ParquetCodec codec() const;
  // Appends what the pieces, one behind the other, become.
  Status Append(std::span<const std::string_view> pieces, std::string& out);

 private:
  struct Context;
  const int level_;
  std::unique_ptr<Context> context_;
};

}  // namespace coffer::format
