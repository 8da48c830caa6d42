#include "storage/rocks_status.h"

#include <string_view>
#include <utility>

namespace coffer::storage {
namespace {

// RocksDB 9.10 wraps a failed write of its options file in a status without the subcode; only the text still has the cause.
bool NamesFullDevice(const rocksdb::Status& status) {
  return status.getState() != nullptr &&
         std::string_view(status.getState()).find("No space left on device") != std::string_view::npos;
}

StatusCode IoFailureCode(const rocksdb::Status& status) {
  if (status.IsNoSpace() || status.subcode() == rocksdb::Status::kSpaceLimit || NamesFullDevice(status)) {
    return StatusCode::kResourceExhausted;
  }
  // RocksDB opens only files that its manifest names: a missing one means damage.
  return status.IsPathNotFound() ? StatusCode::kCorruption : StatusCode::kIoError;
}

StatusCode CodeOf(const rocksdb::Status& status) {
  switch (status.code()) {
    case rocksdb::Status::kOk:
      return StatusCode::kOk;
    case rocksdb::Status::kNotFound:
      return StatusCode::kNotFound;
    case rocksdb::Status::kCorruption:
      return StatusCode::kCorruption;
    case rocksdb::Status::kNotSupported:
    case rocksdb::Status::kShutdownInProgress:
    case rocksdb::Status::kIncomplete:
      return StatusCode::kUnavailable;
    case rocksdb::Status::kInvalidArgument:
      return StatusCode::kInvalidArgument;
    case rocksdb::Status::kIOError:
      return IoFailureCode(status);
    case rocksdb::Status::kBusy:
    case rocksdb::Status::kTimedOut:
    case rocksdb::Status::kTryAgain:
      return StatusCode::kBusy;
    case rocksdb::Status::kAborted:
      return status.IsMemoryLimit() ? StatusCode::kResourceExhausted : StatusCode::kBusy;
    default:
      return StatusCode::kInternal;
  }
}

}  // namespace

Status FromRocks(const rocksdb::Status& status) {
  const StatusCode code = CodeOf(status);
  return code == StatusCode::kOk ? Status() : Status(code, status.ToString());
}

rocksdb::IOStatus ToRocks(const Status& status) {
  const std::string message(status.message());
  switch (status.code()) {
    case StatusCode::kOk:
      return rocksdb::IOStatus::OK();
    case StatusCode::kNotFound:
      return rocksdb::IOStatus::PathNotFound(message);
    case StatusCode::kResourceExhausted:
      return rocksdb::IOStatus::NoSpace(message);
    case StatusCode::kBusy:
      return rocksdb::IOStatus::Busy(message);
    case StatusCode::kCorruption:
      return rocksdb::IOStatus::Corruption(message);
    case StatusCode::kUnavailable:
      return rocksdb::IOStatus::NotSupported(message);
    default:
      return rocksdb::IOStatus::IOError(message);
  }
}

}  // namespace coffer::storage
