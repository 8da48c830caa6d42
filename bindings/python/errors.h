// Failures as Python exceptions. Within this module a C++ exception means that a Python exception is set. No function that
// Python calls lets a C++ exception out.
#pragma once

#include <coffer/c.h>

#include <exception>
#include <new>
#include <string>

#include "owned.h"

namespace coffer_python {

struct Raised {};  // a Python exception is set

// Sets a Python exception and throws Raised.
[[noreturn]] void Raise(PyObject* type, const std::string& message);

// Returns `object`; if it is null, throws Raised.
PyObject* OrRaise(PyObject* object);

// Raises the failure of a call, with the class that is registered for its code. Frees `error`.
[[noreturn]] void RaiseFailure(coffer_status status, coffer_error* error);

// register_errors(classes): a tuple of exception classes, indexed by code.
PyObject* RegisterErrors(PyObject*, PyObject* classes);

template <typename Work>
PyObject* Guarded(Work&& work) noexcept {
  try {
    return work();
  } catch (const Raised&) {
    return nullptr;
  } catch (const std::bad_alloc&) {
    return PyErr_NoMemory();
  } catch (const std::exception& exception) {
    PyErr_SetString(PyExc_RuntimeError, exception.what());
    return nullptr;
  }
}

}  // namespace coffer_python
