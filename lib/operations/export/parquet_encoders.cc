#include "operations/export/parquet_encoders.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

#include <algorithm>
#include <exception>
#include <string>
#include <system_error>
#include <utility>

namespace coffer::operations {

struct ParquetEncoders::Work {
  std::size_t table = 0;
  Rows rows;
  std::size_t bytes = 0;
  bool begun = false;
  bool done = false;
  Result<format::ParquetRowGroup> group = format::ParquetRowGroup();
};

ParquetEncoders::ParquetEncoders(int level, Taker take) : level_(level), take_(std::move(take)) {
  const std::size_t count = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kParquetEncodersMax);
  for (std::size_t i = 0; i < count; ++i) {
    try {
      threads_.emplace_back([this] { EncodeInThread(); });
    } catch (const std::system_error&) {
      break;  // without threads, Add encodes
    }
  }
}

ParquetEncoders::~ParquetEncoders() {
  {
    const MutexLock lock(mutex_);
    ends_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ParquetEncoders::EncodeInThread() {
  format::ParquetCompressor compressor(level_);
  MutexLock lock(mutex_);
  while (true) {
    const auto next = std::ranges::find(works_, false, [](const auto& work) { return work->begun; });
    if (ends_) return;
    if (next == works_.end()) {
      changed_.wait(lock);
      continue;
    }
    const std::shared_ptr<Work> work = *next;
    work->begun = true;
    lock.unlock();
    Encode(*work, compressor);
    lock.lock();
    work->done = true;
    changed_.notify_all();
  }
}

// An exception must not leave a thread.
void ParquetEncoders::Encode(Work& work, format::ParquetCompressor& compressor) {
  try {
    work.group = format::EncodeParquetRows(*work.rows, compressor);
  } catch (...) {
    work.group = StatusOfException();
  }
}

Status ParquetEncoders::Add(std::size_t table, Rows rows) {
  auto work = std::make_shared<Work>();
  work->table = table;
  work->bytes = rows->bytes();
  work->rows = std::move(rows);
  if (threads_.empty()) {
    format::ParquetCompressor compressor(level_);
    Encode(*work, compressor);
    work->begun = work->done = true;
  }
  while (!empty() && bytes_ + work->bytes > kParquetEncodingBytesMax) {
    COFFER_TRY(TakeFirst());
  }
  bytes_ += work->bytes;
  const MutexLock lock(mutex_);
  works_.push_back(std::move(work));
  changed_.notify_all();
  return Status::Ok();
}

bool ParquetEncoders::empty() {
  const MutexLock lock(mutex_);
  return works_.empty();
}

Status ParquetEncoders::TakeFirst() {
  std::shared_ptr<Work> first;
  {
    MutexLock lock(mutex_);
    while (!works_.front()->done) changed_.wait(lock);
    first = std::move(works_.front());
    works_.pop_front();
  }
  bytes_ -= first->bytes;
  COFFER_TRY(first->group.status());
  return take_(first->table, *first->group, std::move(first->rows));
}

Status ParquetEncoders::Finish() {
  while (!empty()) {
    COFFER_TRY(TakeFirst());
  }
  return Status::Ok();
}

}  // namespace coffer::operations
