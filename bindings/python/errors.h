// Failures as Python exceptions. Within this module an exception of C++ says that one of Python is set; no function that Python calls
// lets it out.
#pragma once

#include <coffer/c.h>

#include <exception>
#include <new>
#include <string>

#include "owned.h"

namespace coffer_python {

struct Raised {};  // a Python exception is set

[[noreturn]] void Raise(PyObject* type, const std::string& message);

PyObject* OrRaise(PyObject* object);

// Raises what the call answered, as the class that is registered for its code.
[[noreturn]] void RaiseFailure(coffer_status status, coffer_error* error);

// register_errors(classes): a tuple by code.
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
