// Converts values of coffer/c.h from and to Python.
#pragma once

#include <coffer/c.h>

#include <cstdint>

#include "handles.h"

namespace coffer_python {

// The text of a str or bytes, valid as long as the object; the empty text for None.
coffer_text TextOf(PyObject* object);
std::int64_t NumberOf(PyObject* object);
std::int32_t SmallNumberOf(PyObject* object);
std::uint64_t LargeNumberOf(PyObject* object);

PyObject* ToPython(coffer_text text);
PyObject* ToPython(const char* text);
PyObject* ToPython(std::uint64_t number);
PyObject* ToPython(std::int32_t number);
PyObject* ToPython(coffer_string* string);
// (items, next)
PyObject* ToPython(coffer_page* page);
// [(outcome, id, sequence_number)]
PyObject* ToPython(coffer_outcomes* outcomes);
// (state, percent, records_done, records_expected, bytes_done, bytes_expected)
PyObject* ToPython(const coffer_progress& progress);
template <typename Handle>
PyObject* ToPython(Handle* handle) {
  return NewCapsule(handle);
}

}  // namespace coffer_python
