#include "exit_status.h"

namespace coffer::cli {

ExitStatus ExitStatusOf(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return ExitStatus::kDone;
    case StatusCode::kInvalidArgument:
      return ExitStatus::kUsage;
    case StatusCode::kNotFound:
      return ExitStatus::kNotFound;
    case StatusCode::kCorruption:
      return ExitStatus::kCorruption;
    case StatusCode::kBusy:
      return ExitStatus::kBusy;
    case StatusCode::kAlreadyExists:
    case StatusCode::kPermissionDenied:
    case StatusCode::kConflict:
    case StatusCode::kCancelled:
    case StatusCode::kResourceExhausted:
    case StatusCode::kUnavailable:
    case StatusCode::kIoError:
    case StatusCode::kInternal:
      break;
  }
  return ExitStatus::kFailed;
}

}  // namespace coffer::cli
