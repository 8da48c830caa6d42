// Decompression of page bodies.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "coffer/result.h"
#include "format/parquet/parquet_format.h"

namespace coffer::format {

// Appends exactly `plain_bytes` bytes; the caller has checked that number against its limits.
// kCorruption: the body is damaged or has another size.
// kInvalidArgument: unsupported codec.
// kResourceExhausted: no memory for a decompressor.
Status AppendDecompressed(ParquetCodec codec, std::string_view body, std::size_t plain_bytes, std::string& out);

}  // namespace coffer::format
