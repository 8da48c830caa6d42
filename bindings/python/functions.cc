#include "functions.h"

#include <cstddef>

#include "json_decoder.h"

namespace coffer_python {

PyObject* ValuesOf(coffer_string* string) {
  const std::unique_ptr<coffer_string, decltype(&coffer_string_free)> owned(string, &coffer_string_free);
  const coffer_text text = coffer_string_text(string);
  return OrRaise(DecodeJson({text.data, text.length}));
}

PyObject* ReturnValue(std::vector<Owned> results) {
  if (results.empty()) return Py_NewRef(Py_None);
  if (results.size() == 1) return results.front().release();
  Owned tuple(OrRaise(PyTuple_New(static_cast<Py_ssize_t>(results.size()))));
  for (std::size_t i = 0; i < results.size(); ++i)
    PyTuple_SetItem(tuple.get(), static_cast<Py_ssize_t>(i), results[i].release());
  return tuple.release();
}

}  // namespace coffer_python
