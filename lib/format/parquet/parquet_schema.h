// The schema of a Parquet file from any writer, as columns.
#pragma once

#include <string>
#include <vector>

#include "coffer/result.h"
#include "format/parquet/parquet_metadata.h"
#include "format/parquet/thrift_reader.h"

namespace coffer::format {

// Reads the footer's list of schema elements.
// kCorruption: malformed.
// kInvalidArgument: a column with an unsupported type (the message has its name), or too many columns.
Status ReadParquetSchema(ThriftReader& thrift, const ThriftField& field, std::vector<ParquetLeaf>& leaves);

}  // namespace coffer::format
