// DecodeJson: the engine's canonical JSON as Python values. It reads only the form that the engine writes, and checks only that
// it stays within the text. json.loads takes twice as long.
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <string_view>

namespace coffer_python {

// Returns a new reference, or null with a Python exception set. Numbers with a fraction or an exponent, and whole numbers with
// more digits than Python reads as int, become decimal.Decimal.
PyObject* DecodeJson(std::string_view text);

}  // namespace coffer_python
