#include "vocabulary/exceptions.h"

#include <exception>
#include <new>
#include <string>
#include <system_error>

namespace coffer {
namespace {

constexpr const char* kMemoryIsExhausted = "memory is exhausted";

bool IsExhaustion(const std::system_error& failure) {
  return failure.code() == std::errc::resource_unavailable_try_again || failure.code() == std::errc::not_enough_memory;
}

}  // namespace

// The texts are short, so that they fit after a large allocation failed. If they do not fit, the process ends.
Status StatusOfException() noexcept {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return Status::ResourceExhausted(kMemoryIsExhausted);
  } catch (const std::system_error& failure) {
    return IsExhaustion(failure) ? Status::ResourceExhausted(failure.what()) : Status::Internal(failure.what());
  } catch (const std::exception& failure) {
    return Status::Internal(failure.what());
  } catch (...) {
    return Status::Internal("an exception of unknown type");
  }
}

Status StatusOfException(std::string_view who) noexcept {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return Status::ResourceExhausted(kMemoryIsExhausted);
  } catch (const std::exception& failure) {
    return Status::IoError(std::string(who) + " threw an exception: " + failure.what());
  } catch (...) {
    return Status::IoError(std::string(who) + " threw an exception of unknown type");
  }
}

bool IsOfMemory(const Status& status) noexcept {
  return status.code() == StatusCode::kResourceExhausted && status.message() == kMemoryIsExhausted;
}

}  // namespace coffer
