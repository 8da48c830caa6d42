// The merge operator of the counters family: RocksDB adds up tallies (format/stored/tally.h) when it needs a value.
#pragma once

#include <rocksdb/merge_operator.h>

#include <memory>

namespace coffer::storage {

// Its name is stored with the data and frozen. Addition is associative, so operands may be added up among themselves.
// A value or an operand that is no tally fails the merge, and with it the read: a wrong count is never an answer.
std::shared_ptr<rocksdb::MergeOperator> NewTallyMergeOperator();

}  // namespace coffer::storage
