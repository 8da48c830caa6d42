// ParquetEncoders: row groups on their way to bytes, on a few threads, in the order in which they came.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "coffer/result.h"
#include "format/parquet/parquet_row_group.h"
#include "vocabulary/mutex.h"

namespace coffer::operations {

// Two keep both cores of a small machine at work; each holds a row group, and what it becomes.
inline constexpr std::size_t kParquetEncodersMax = 2;
// Rows that wait or are encoded: two row groups, which have a row more than their size; one may always be.
inline constexpr std::size_t kParquetEncodingBytesMax = 5 * format::kParquetRowGroupBytes / 2;

// One thread calls it. Threads have ended when this object has.
class ParquetEncoders {
 public:
  using Rows = std::unique_ptr<format::ParquetRows>;
  // Called by Add and Finish, in their thread, with a table's next row group and the rows that it was made of, to be used again.
  using Taker = std::function<Status(std::size_t table, const format::ParquetRowGroup& group, Rows spent)>;

  // `level`: of zstd; 0: not compressed.
  ParquetEncoders(int level, Taker take);
  ~ParquetEncoders();
  ParquetEncoders(const ParquetEncoders&) = delete;
  ParquetEncoders& operator=(const ParquetEncoders&) = delete;

  // Waits while too much is under way. The first failure, of an encoder or of the taker, ends it.
  Status Add(std::size_t table, Rows rows);
  // Waits for all.
  Status Finish();

 private:
  struct Work;
  void EncodeInThread() COFFER_EXCLUDES(mutex_);
  void Encode(Work& work, format::ParquetCompressor& compressor);
  Status TakeFirst() COFFER_EXCLUDES(mutex_);
  bool empty() COFFER_EXCLUDES(mutex_);

  const int level_;
  const Taker take_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<std::shared_ptr<Work>> works_ COFFER_GUARDED_BY(mutex_);  // in order; the first ones may be done
  std::size_t bytes_ = 0;
  bool ends_ COFFER_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace coffer::operations
