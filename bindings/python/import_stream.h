// Imports from a Python file object.
#pragma once

#include "owned.h"

namespace coffer_python {

// start_import_stream(engine, read, name, options, principal): a thread of the engine calls read(length) -> bytes.
PyObject* StartImportStream(PyObject*, PyObject* arguments);

}  // namespace coffer_python
