#include "import_stream.h"

#include <coffer/c.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "errors.h"
#include "gil.h"
#include "handles.h"
#include "options.h"
#include "parameters.h"
#include "values.h"

namespace coffer_python {
namespace {

// `context` is the Python callable.
std::int64_t ReadFromPython(void* context, char* buffer, std::size_t length) {
  const WithGil held;
  const Owned piece(PyObject_CallFunction(static_cast<PyObject*>(context), "n", static_cast<Py_ssize_t>(length)));
  if (piece == nullptr) PyErr_WriteUnraisable(static_cast<PyObject*>(context));
  if (piece == nullptr || !PyBytes_Check(piece.get())) return -1;
  const Py_ssize_t read = PyBytes_Size(piece.get());
  if (read > static_cast<Py_ssize_t>(length)) return -1;
  std::copy_n(PyBytes_AsString(piece.get()), read, buffer);
  return read;
}

void ReleasePython(void* context) {
  const WithGil held;
  Py_DecRef(static_cast<PyObject*>(context));
}

}  // namespace

PyObject* StartImportStream(PyObject*, PyObject* arguments) {
  return Guarded([&] {
    Words words(arguments);
    const Use<coffer_engine> engine(words.Next());
    PyObject* read = words.Next();
    Parameter<coffer_text> name(words);
    Parameter<const coffer_import_options*> options(words);
    Parameter<coffer_text> principal(words);
    coffer_operation* operation = nullptr;
    coffer_error* error = nullptr;
    coffer_status status = COFFER_OK;
    Py_IncRef(read);
    {
      const WithoutGil released;
      status = coffer_start_import_stream(engine.get(), ReadFromPython, ReleasePython, read, name.get(), options.get(),
                                          principal.get(), &operation, &error);
    }
    if (status != COFFER_OK) RaiseFailure(status, error);
    return ToPython(operation);
  });
}

}  // namespace coffer_python
