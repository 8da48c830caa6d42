// A Python file as the source of an import.
#pragma once

#include "owned.h"

namespace coffer_python {

// start_import_stream(engine, read, name, options, principal): read(length) -> bytes is called from a thread of the engine.
PyObject* StartImportStream(PyObject*, PyObject* arguments);

}  // namespace coffer_python
