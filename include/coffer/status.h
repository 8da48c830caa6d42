// Status: the result of a call that can fail: one of a closed set of codes, named for what the caller should do, and a message
// that says what went wrong with which object.
//
// Exceptions. A call that returns a Status or a Result does not throw. If memory or threads run out, it returns
// kResourceExhausted; if there is no memory even for the message, or inside a dependency, the process may end. Constructors,
// copies and calls that return plain values may throw std::bad_alloc and nothing else. Callbacks and objects of the host say
// themselves what their exceptions become.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "coffer/visibility.h"

namespace coffer {

// The values are stable: bindings and the journal store them. Later versions may add codes.
enum class StatusCode {
  kOk = 0,
  kInvalidArgument = 1,    // The request is wrong; repeating it cannot succeed.
  kNotFound = 2,           // The named object does not exist.
  kAlreadyExists = 3,      // The named object exists.
  kPermissionDenied = 4,   // The caller may not do this, or the store was opened read-only.
  kConflict = 5,           // Somebody else changed it; read again and decide.
  kBusy = 6,               // Another process or operation holds it; try again later.
  kCancelled = 7,          // Stopped on request.
  kResourceExhausted = 8,  // A named limit, the disk or memory is used up; free some or ask for less.
  kCorruption = 9,         // Stored bytes are not what was written; check the store and restore a backup.
  kUnavailable = 10,       // This build, or the engine in its present state, cannot do it.
  kIoError = 11,           // The file system failed; the message has its reason.
  kInternal = 12,          // A bug in Coffer; report it.
};

// The code's lower-case name, such as "not_found". Never null.
COFFER_API std::string_view StatusCodeName(StatusCode code);

// A code and, unless it is kOk, a message. An OK status allocates nothing; a move is cheap; one that was moved from is OK.
// A plain value: use one object from one thread at a time.
class [[nodiscard]] COFFER_API Status {
 public:
  Status() noexcept = default;
  // With kOk, `message` is dropped.
  Status(StatusCode code, std::string message);
  Status(const Status& other);
  Status(Status&&) noexcept = default;
  Status& operator=(const Status& other);
  Status& operator=(Status&&) noexcept = default;
  ~Status() = default;

  static Status Ok() noexcept { return {}; }
  static Status InvalidArgument(std::string message) { return {StatusCode::kInvalidArgument, std::move(message)}; }
  static Status NotFound(std::string message) { return {StatusCode::kNotFound, std::move(message)}; }
  static Status AlreadyExists(std::string message) { return {StatusCode::kAlreadyExists, std::move(message)}; }
  static Status PermissionDenied(std::string message) { return {StatusCode::kPermissionDenied, std::move(message)}; }
  static Status Conflict(std::string message) { return {StatusCode::kConflict, std::move(message)}; }
  static Status Busy(std::string message) { return {StatusCode::kBusy, std::move(message)}; }
  static Status Cancelled(std::string message) { return {StatusCode::kCancelled, std::move(message)}; }
  static Status ResourceExhausted(std::string message) { return {StatusCode::kResourceExhausted, std::move(message)}; }
  static Status Corruption(std::string message) { return {StatusCode::kCorruption, std::move(message)}; }
  static Status Unavailable(std::string message) { return {StatusCode::kUnavailable, std::move(message)}; }
  static Status IoError(std::string message) { return {StatusCode::kIoError, std::move(message)}; }
  static Status Internal(std::string message) { return {StatusCode::kInternal, std::move(message)}; }

  bool ok() const noexcept { return failure_ == nullptr; }
  StatusCode code() const noexcept { return failure_ ? failure_->code : StatusCode::kOk; }
  // Empty for an OK status. Valid until this object is changed or destroyed.
  std::string_view message() const noexcept;

  // The same code with "context: " before the message. An OK status stays OK.
  Status WithContext(std::string_view context) const;

  // "code: message", or "ok".
  std::string ToString() const;

  // Drops the status on purpose. Say why at the call.
  void Ignore() const noexcept {}

 private:
  struct Failure {
    StatusCode code;
    std::string message;
  };
  std::unique_ptr<Failure> failure_;
};

}  // namespace coffer
