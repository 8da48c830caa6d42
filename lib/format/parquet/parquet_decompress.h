// A page's body back to its plain bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "coffer/result.h"
#include "format/parquet/parquet_format.h"

namespace coffer::format {

// Appends exactly `plain_bytes`, which the caller has held against its limits. kCorruption: it is damaged, or becomes more or fewer.
Status AppendDecompressed(ParquetCodec codec, std::string_view body, std::size_t plain_bytes, std::string& out);

}  // namespace coffer::format
