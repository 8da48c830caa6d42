// JsonTexts: Python records as JSON text for the engine. json.dumps alone took longer than the engine's write.
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <coffer/c.h>

#include <cstddef>
#include <string>
#include <vector>

namespace coffer_python {

// Collects one text per record. A record is str or bytes (JSON text, used unchanged), a dict, or an object with a __dict__. Of
// an object, `messages` and members that are None are omitted, and the members of `unknown_members`, a dict, follow the others.
// Values are str, int, float, Decimal, bool, None, list, tuple and dict.
class JsonTexts {
 public:
  // On failure returns false with a Python exception set (TypeError, ValueError); the object must not be used afterwards.
  bool Add(PyObject* record);
  // Valid until the next Add.
  const std::vector<coffer_text>& All();

 private:
  bool AddValue(PyObject* value, int depth);
  bool AddText(PyObject* text);
  bool AddMapping(PyObject* mapping, int depth);
  bool AddRecordObject(PyObject* record);
  bool AddMembers(PyObject* mapping, bool of_record, int depth, bool& first);
  bool AddList(PyObject* list, int depth);
  bool AddNumberText(PyObject* number);

  std::string bytes_;
  std::vector<std::size_t> ends_;
  std::vector<coffer_text> texts_;
};

}  // namespace coffer_python
