#include "json_encoder.h"

#include <cmath>
#include <string_view>

#include "owned.h"

namespace coffer_python {
namespace {

// The depth that the engine accepts.
constexpr int kDepthMax = 256;

bool Fail(PyObject* type, const char* message) {
  PyErr_SetString(type, message);
  return false;
}

bool NeedsEscape(unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; }

void AddEscape(unsigned char c, std::string& out) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out += '\\';
  switch (c) {
    case '"':
    case '\\':
      out += static_cast<char>(c);
      return;
    case '\n':
      out += 'n';
      return;
    case '\r':
      out += 'r';
      return;
    case '\t':
      out += 't';
      return;
    default:
      out += "u00";
      out += kDigits[c >> 4];
      out += kDigits[c & 15];
  }
}

void AddQuoted(std::string_view text, std::string& out) {
  out += '"';
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!NeedsEscape(static_cast<unsigned char>(text[i]))) continue;
    out.append(text, begin, i - begin);
    AddEscape(static_cast<unsigned char>(text[i]), out);
    begin = i + 1;
  }
  out.append(text, begin, text.size() - begin);
  out += '"';
}

bool IsDecimal(PyObject* value) {
  static PyObject* type = nullptr;
  if (type == nullptr) {
    const Owned module(PyImport_ImportModule("decimal"));
    if (module == nullptr) return false;
    type = PyObject_GetAttrString(module.get(), "Decimal");
    if (type == nullptr) return false;
  }
  return PyObject_IsInstance(value, type) == 1;
}

}  // namespace

bool JsonTexts::Add(PyObject* record) {
  if (PyUnicode_Check(record)) {
    Py_ssize_t length = 0;
    const char* text = PyUnicode_AsUTF8AndSize(record, &length);
    if (text == nullptr) return false;
    bytes_.append(text, static_cast<std::size_t>(length));
  } else if (PyBytes_Check(record)) {
    bytes_.append(PyBytes_AsString(record), static_cast<std::size_t>(PyBytes_Size(record)));
  } else {
    if (!(PyDict_Check(record) ? AddMapping(record, 1) : AddRecordObject(record))) return false;
  }
  ends_.push_back(bytes_.size());
  return true;
}

const std::vector<coffer_text>& JsonTexts::All() {
  texts_.clear();
  std::size_t begin = 0;
  for (const std::size_t end : ends_) {
    texts_.push_back({bytes_.data() + begin, end - begin});
    begin = end;
  }
  return texts_;
}

bool JsonTexts::AddMapping(PyObject* mapping, int depth) {
  bytes_ += '{';
  bool first = true;
  if (!AddMembers(mapping, /*of_record=*/false, depth, first)) return false;
  bytes_ += '}';
  return true;
}

bool JsonTexts::AddRecordObject(PyObject* record) {
  const Owned members(PyObject_GetAttrString(record, "__dict__"));
  if (members == nullptr || !PyDict_Check(members.get())) {
    return Fail(PyExc_TypeError, "expected a record: JSON text, a dict or a record class of coffer");
  }
  bytes_ += '{';
  bool first = true;
  if (!AddMembers(members.get(), /*of_record=*/true, 1, first)) return false;
  if (PyObject* unknown = PyDict_GetItemString(members.get(), "unknown_members"); unknown != nullptr && unknown != Py_None) {
    if (!PyDict_Check(unknown)) return Fail(PyExc_TypeError, "unknown_members: expected a dict");
    if (!AddMembers(unknown, /*of_record=*/false, 1, first)) return false;
  }
  bytes_ += '}';
  return true;
}

bool JsonTexts::AddMembers(PyObject* mapping, bool of_record, int depth, bool& first) {
  PyObject* name = nullptr;
  PyObject* value = nullptr;
  Py_ssize_t place = 0;
  while (PyDict_Next(mapping, &place, &name, &value) != 0) {
    if (of_record && value == Py_None) continue;
    const Owned kept(Py_NewRef(value));  // converting a number calls Python code, which may change the mapping
    if (!PyUnicode_Check(name)) return Fail(PyExc_TypeError, "the name of a member must be str");
    Py_ssize_t length = 0;
    const char* text = PyUnicode_AsUTF8AndSize(name, &length);
    if (text == nullptr) return false;
    const std::string_view view(text, static_cast<std::size_t>(length));
    // These are handled elsewhere.
    if (of_record && (view == "unknown_members" || view == "messages")) continue;
    if (!first) bytes_ += ',';
    first = false;
    AddQuoted(view, bytes_);
    bytes_ += ':';
    if (!AddValue(value, depth + 1)) return false;
  }
  return true;
}

bool JsonTexts::AddValue(PyObject* value, int depth) {
  if (depth > kDepthMax) return Fail(PyExc_ValueError, "nested deeper than 256");
  if (PyUnicode_Check(value)) return AddText(value);
  if (value == Py_None) return bytes_ += "null", true;
  if (value == Py_True) return bytes_ += "true", true;
  if (value == Py_False) return bytes_ += "false", true;
  if (PyLong_Check(value) || PyFloat_Check(value)) return AddNumberText(value);
  if (PyDict_Check(value)) return AddMapping(value, depth);
  if (PyList_Check(value) || PyTuple_Check(value)) return AddList(value, depth);
  if (IsDecimal(value)) return AddNumberText(value);
  if (PyErr_Occurred() == nullptr) Fail(PyExc_TypeError, "JSON cannot hold this value");
  return false;
}

bool JsonTexts::AddText(PyObject* text) {
  Py_ssize_t length = 0;
  const char* utf8 = PyUnicode_AsUTF8AndSize(text, &length);
  if (utf8 == nullptr) return false;
  AddQuoted({utf8, static_cast<std::size_t>(length)}, bytes_);
  return true;
}

bool JsonTexts::AddList(PyObject* list, int depth) {
  bytes_ += '[';
  const Py_ssize_t count = PySequence_Size(list);
  for (Py_ssize_t i = 0; i < count; ++i) {
    if (i > 0) bytes_ += ',';
    const Owned item(PySequence_GetItem(list, i));
    if (item == nullptr || !AddValue(item.get(), depth + 1)) return false;
  }
  bytes_ += ']';
  return true;
}

// Uses Python's own text of the number: the shortest digits of a float, all digits of an int, the digits that a Decimal was
// given.
bool JsonTexts::AddNumberText(PyObject* number) {
  if (PyLong_Check(number)) {
    int overflow = 0;
    const long long small = PyLong_AsLongLongAndOverflow(number, &overflow);
    if (overflow == 0) return bytes_ += std::to_string(small), true;
  }
  if (PyFloat_Check(number) && !std::isfinite(PyFloat_AsDouble(number))) {
    return Fail(PyExc_ValueError, "JSON cannot hold infinity or NaN");
  }
  const Owned text(PyLong_Check(number)    ? PyNumber_ToBase(number, 10)
                   : PyFloat_Check(number) ? PyObject_Repr(number)
                                           : PyObject_Str(number));
  if (text == nullptr) return false;
  Py_ssize_t length = 0;
  const char* utf8 = PyUnicode_AsUTF8AndSize(text.get(), &length);
  if (utf8 == nullptr) return false;
  // The engine's parser refuses a text that is not a number (a Decimal that is NaN).
  bytes_.append(utf8, static_cast<std::size_t>(length));
  return true;
}

}  // namespace coffer_python
