#include "call.h"

#include <exception>
#include <new>

#include "texts.h"

namespace coffer::c {
namespace {

coffer_status Report(const Status& status, coffer_error** error) noexcept {
  const auto code = static_cast<coffer_status>(status.code());
  if (error == nullptr) return code;
  try {
    *error = std::make_unique<coffer_error>(coffer_error{code, std::string(status.message())}).release();
  } catch (const std::bad_alloc&) {
    *error = nullptr;
  }
  return code;
}

}  // namespace

void Refuse(std::string message) { throw Failure{Status::InvalidArgument(std::move(message))}; }

void Check(Status status) {
  if (!status.ok()) throw Failure{std::move(status)};
}

coffer_status ReportException(coffer_error** error) noexcept {
  try {
    try {
      throw;
    } catch (const Failure& failure) {
      return Report(failure.status, error);
    } catch (const std::bad_alloc&) {
      return Report(Status::ResourceExhausted("memory is exhausted"), error);
    } catch (const std::exception& exception) {
      return Report(Status::Internal(exception.what()), error);
    } catch (...) {
      return Report(Status::Internal("unknown exception"), error);
    }
  } catch (...) {  // no memory for the message
    return COFFER_RESOURCE_EXHAUSTED;
  }
}

}  // namespace coffer::c

void coffer_error_free(coffer_error* error) { delete error; }

coffer_status coffer_error_status(const coffer_error* error) { return error == nullptr ? COFFER_OK : error->status; }

coffer_text coffer_error_message(const coffer_error* error) {
  return error == nullptr ? coffer::c::NoText() : coffer::c::Out(error->message);
}
