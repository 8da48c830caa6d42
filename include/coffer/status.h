// Status: how every fallible call answers. A closed set of codes, each named by what the caller should do,
// and a message that says what went wrong with which thing.
//
// Exceptions: a call that answers a Status or a Result lets none out. Memory and threads that run out are kResourceExhausted;
// where none is left for the message, or a library beneath is left without, the process may end. What makes or answers a plain
// value may throw std::bad_alloc, and nothing else. What objects of the program's own may throw is told at each of them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "coffer/visibility.h"

namespace coffer {

// The values are stable: bindings and the journal store them.
enum class StatusCode {
  kOk = 0,
  kInvalidArgument = 1,    // Change the request; repeating it cannot succeed.
  kNotFound = 2,           // The named thing is not there.
  kAlreadyExists = 3,      // The named thing is there already.
  kPermissionDenied = 4,   // The caller, or the way the store was opened, does not allow it.
  kConflict = 5,           // Somebody else changed it; read again and decide.
  kBusy = 6,               // Held by another process or a running job; try again later.
  kCancelled = 7,          // Stopped on request.
  kResourceExhausted = 8,  // A named limit, the disk or memory; free some or ask for less.
  kCorruption = 9,         // Stored bytes are not what was written; verify and restore.
  kUnavailable = 10,       // Cannot be served by this build or at this moment.
  kIoError = 11,           // The file system failed; the message carries its reason.
  kInternal = 12,          // A broken invariant of Coffer's own; report it.
};

// The code's lower-case name, such as "not_found". Never null.
COFFER_API std::string_view StatusCodeName(StatusCode code);

// A code and, unless it is kOk, a message. Cheap to move; an OK status allocates nothing.
// A value like any other: copy it, keep it, use distinct copies from distinct threads. One that was moved from is OK.
class [[nodiscard]] COFFER_API Status {
 public:
  Status() noexcept = default;
  // kOk makes an OK status, without the message.
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
  // Empty for an OK status. Valid as long as this object is neither changed nor destroyed.
  std::string_view message() const noexcept;

  // The same code with "context: " before the message, so that one message tells the path of the failure.
  // An OK status stays OK.
  Status WithContext(std::string_view context) const;

  // "code: message", or "ok".
  std::string ToString() const;

  // Says that this failure is dropped on purpose; the call site says why.
  void Ignore() const noexcept {}

 private:
  struct Failure {
    StatusCode code;
    std::string message;
  };
  std::unique_ptr<Failure> failure_;
};

}  // namespace coffer
