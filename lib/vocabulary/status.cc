#include "coffer/status.h"

#include <utility>

namespace coffer {

std::string_view StatusCodeName(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return "ok";
    case StatusCode::kInvalidArgument:
      return "invalid_argument";
    case StatusCode::kNotFound:
      return "not_found";
    case StatusCode::kAlreadyExists:
      return "already_exists";
    case StatusCode::kPermissionDenied:
      return "permission_denied";
    case StatusCode::kConflict:
      return "conflict";
    case StatusCode::kBusy:
      return "busy";
    case StatusCode::kCancelled:
      return "cancelled";
    case StatusCode::kResourceExhausted:
      return "resource_exhausted";
    case StatusCode::kCorruption:
      return "corruption";
    case StatusCode::kUnavailable:
      return "unavailable";
    case StatusCode::kIoError:
      return "io_error";
    case StatusCode::kInternal:
      return "internal";
  }
  // Journals of other versions may hold other numbers.
  return "unknown";
}

Status::Status(StatusCode code, std::string message) {
  if (code != StatusCode::kOk) {
    failure_ = std::make_unique<Failure>(Failure{code, std::move(message)});
  }
}

Status::Status(const Status& other) : failure_(other.failure_ ? std::make_unique<Failure>(*other.failure_) : nullptr) {}

Status& Status::operator=(const Status& other) {
  if (this != &other) {
    failure_ = other.failure_ ? std::make_unique<Failure>(*other.failure_) : nullptr;
  }
  return *this;
}

std::string_view Status::message() const noexcept {
  return failure_ ? std::string_view(failure_->message) : std::string_view();
}

Status Status::WithContext(std::string_view context) const {
  if (ok()) {
    return {};
  }
  std::string message(context);
  message.append(": ").append(failure_->message);
  return {failure_->code, std::move(message)};
}

std::string Status::ToString() const {
  std::string text(StatusCodeName(code()));
  if (!ok()) {
    text.append(": ").append(failure_->message);
  }
  return text;
}

}  // namespace coffer
