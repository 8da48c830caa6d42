// ParquetEncoders: encodes row groups on several threads and returns them in order.
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

// Two use both cores of a small machine. Each holds a row group and its encoded form.
inline constexpr std::size_t kParquetEncodersMax = 2;
// The limit for waiting and encoding rows: two row groups, which may each exceed their size by a row. One is always allowed.
inline constexpr std::size_t kParquetEncodingBytesMax = 5 * format::kParquetRowGroupBytes / 2;

// One thread calls it. The destructor joins the encoding threads.
class ParquetEncoders {
 public:
  using Rows = std::unique_ptr<format::ParquetRows>;
  // Add and Finish call it in their thread with a table's next row group and the rows it was made of, for reuse.
  using Taker = std::function<Status(std::size_t table, const format::ParquetRowGroup& group, Rows spent)>;

  // `level`: zstd level; 0: no compression.
  ParquetEncoders(int level, Taker take);
  ~ParquetEncoders();
  ParquetEncoders(const ParquetEncoders&) = delete;
  ParquetEncoders& operator=(const ParquetEncoders&) = delete;

  // Blocks while kParquetEncodingBytesMax is exceeded. Returns the first failure of an encoder or of the taker.
  Status Add(std::size_t table, Rows rows);
  // Waits until all row groups are encoded and taken.
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
