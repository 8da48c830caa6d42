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

// Small texts throughout: where memory ran out for something large, they still find room. Where they do not, the process ends.
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
    return Status::Internal("an exception of an unknown kind");
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
    return Status::IoError(std::string(who) + " threw an exception of an unknown kind");
  }
}

bool IsOfMemory(const Status& status) noexcept {
  return status.code() == StatusCode::kResourceExhausted && status.message() == kMemoryIsExhausted;
}

}  // namespace coffer
