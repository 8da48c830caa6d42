// DecodeJson: the engine's canonical JSON as Python values. It knows the one form that the engine writes, and checks no more than that it
// stays within the text; json.loads takes twice as long over it.
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <string_view>

namespace coffer_python {

// A new reference, or null with a Python exception set. Numbers with a fraction or an exponent, and whole ones of more digits than
// Python reads as int, become decimal.Decimal.
PyObject* DecodeJson(std::string_view text);

}  // namespace coffer_python
