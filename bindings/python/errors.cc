#include "errors.h"

#include <utility>

namespace coffer_python {
namespace {

PyObject* error_classes = nullptr;  // a tuple, indexed by code

}  // namespace

void Raise(PyObject* type, const std::string& message) {
  PyErr_SetString(type, message.c_str());
  throw Raised();
}

PyObject* OrRaise(PyObject* object) {
  if (object == nullptr) throw Raised();
  return object;
}

void RaiseFailure(coffer_status status, coffer_error* error) {
  const coffer_text text = coffer_error_message(error);
  const Owned message(PyUnicode_DecodeUTF8(text.data, static_cast<Py_ssize_t>(text.length), "replace"));
  coffer_error_free(error);
  if (message == nullptr) throw Raised();
  PyObject* type = error_classes == nullptr ? nullptr : PyTuple_GetItem(error_classes, status);
  PyErr_SetObject(type == nullptr ? PyExc_RuntimeError : type, message.get());
  throw Raised();
}

PyObject* RegisterErrors(PyObject*, PyObject* classes) {
  if (!PyTuple_Check(classes)) {
    PyErr_SetString(PyExc_TypeError, "expected a tuple of exception classes, one per code");
    return nullptr;
  }
  PyObject* before = std::exchange(error_classes, Py_NewRef(classes));
  Py_XDECREF(before);
  return Py_NewRef(Py_None);
}

}  // namespace coffer_python
