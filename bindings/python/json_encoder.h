// JsonTexts: Python records as JSON text, for the way in. json.dumps alone took longer than the engine takes for the write.
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <coffer/c.h>

#include <cstddef>
#include <string>
#include <vector>

namespace coffer_python {

// A text each for records that are given one after another. A record is str or bytes (JSON text, taken as it is), a dict, or an object
// with a __dict__: of that, members that are None are left out, `messages` too, and those of `unknown_members`, a dict, stand behind the
// others. Values are str, int, float, Decimal, bool, None, list, tuple and dict.
class JsonTexts {
 public:
  // False: a Python exception is set (TypeError, ValueError), and this is to be thrown away.
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
