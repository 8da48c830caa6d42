// The schema of a Parquet file from any writer, as columns that records can come of.
#pragma once

#include <string>
#include <vector>

#include "coffer/result.h"
#include "format/parquet/parquet_metadata.h"
#include "format/parquet/thrift_reader.h"

namespace coffer::format {

// Reads the footer's list of schema elements. kCorruption: malformed. kInvalidArgument: a column, which is named, of a kind that is not read.
Status ReadParquetSchema(ThriftReader& thrift, const ThriftField& field, std::vector<ParquetLeaf>& leaves);

}  // namespace coffer::format
