#include "functions.h"

#include <cstddef>

#include "json_decoder.h"

namespace coffer_python {

PyObject* ValuesOf(coffer_string* string) {
  const std::unique_ptr<coffer_string, decltype(&coffer_string_free)> owned(string, &coffer_string_free);
  const coffer_text text = coffer_string_text(string);
  return OrRaise(DecodeJson({text.data, text.length}));
}

PyObject* Answer(std::vector<Owned> told) {
  if (told.empty()) return Py_NewRef(Py_None);
  if (told.size() == 1) return told.front().release();
  Owned tuple(OrRaise(PyTuple_New(static_cast<Py_ssize_t>(told.size()))));
  for (std::size_t i = 0; i < told.size(); ++i) PyTuple_SetItem(tuple.get(), static_cast<Py_ssize_t>(i), told[i].release());
  return tuple.release();
}

}  // namespace coffer_python
