// The merge operator of the counters family: adds tallies (format/stored/tally.h).
#pragma once

#include <rocksdb/merge_operator.h>

#include <memory>

namespace coffer::storage {

// Its name is stored with the data and never changes. Addition is associative, so RocksDB may merge operands with each other.
// A malformed value or operand fails the merge and the read, so that no read returns a wrong count.
std::shared_ptr<rocksdb::MergeOperator> NewTallyMergeOperator();

}  // namespace coffer::storage
