#include "values.h"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace coffer_python {

coffer_text TextOf(PyObject* object) {
  if (object == Py_None) return {nullptr, 0};
  if (PyBytes_Check(object)) {
    return {PyBytes_AsString(object), static_cast<std::size_t>(PyBytes_Size(object))};
  }
  Py_ssize_t length = 0;
  const char* text = PyUnicode_AsUTF8AndSize(object, &length);
  if (text == nullptr) throw Raised();
  return {text, static_cast<std::size_t>(length)};
}

PyObject* ToPython(coffer_text text) {
  return OrRaise(PyUnicode_DecodeUTF8(text.data, static_cast<Py_ssize_t>(text.length), "strict"));
}
PyObject* ToPython(const char* text) { return OrRaise(PyUnicode_FromString(text)); }
PyObject* ToPython(std::uint64_t number) { return OrRaise(PyLong_FromUnsignedLongLong(number)); }
PyObject* ToPython(std::int32_t number) { return OrRaise(PyLong_FromLong(number)); }
PyObject* ToPython(coffer_string* string) {
  const std::unique_ptr<coffer_string, decltype(&coffer_string_free)> owned(string, &coffer_string_free);
  return ToPython(coffer_string_text(string));
}
PyObject* ToPython(coffer_page* page) {
  const std::unique_ptr<coffer_page, decltype(&coffer_page_free)> owned(page, &coffer_page_free);
  const auto count = static_cast<Py_ssize_t>(coffer_page_count(page));
  const Owned items(OrRaise(PyList_New(count)));
  for (Py_ssize_t i = 0; i < count; ++i) {
    PyList_SetItem(items.get(), i, ToPython(coffer_page_item(page, static_cast<std::size_t>(i))));
  }
  const Owned next(ToPython(coffer_page_next(page)));
  return OrRaise(PyTuple_Pack(2, items.get(), next.get()));
}
PyObject* ToPython(coffer_outcomes* outcomes) {
  const std::unique_ptr<coffer_outcomes, decltype(&coffer_outcomes_free)> owned(outcomes, &coffer_outcomes_free);
  const auto count = static_cast<Py_ssize_t>(coffer_outcomes_count(outcomes));
  Owned list(OrRaise(PyList_New(count)));
  for (Py_ssize_t i = 0; i < count; ++i) {
    coffer_item_result item = {};
    item.struct_size = sizeof item;
    coffer_outcomes_item(outcomes, static_cast<std::size_t>(i), &item, nullptr);
    PyList_SetItem(list.get(), i,
                   OrRaise(Py_BuildValue("(is#K)", item.outcome, item.id.data, static_cast<Py_ssize_t>(item.id.length),
                                         static_cast<unsigned long long>(item.sequence_number))));
  }
  return list.release();
}
PyObject* ToPython(const coffer_progress& progress) {
  return OrRaise(Py_BuildValue(
      "(iiKKKK)", progress.state, progress.percent, static_cast<unsigned long long>(progress.records_done),
      static_cast<unsigned long long>(progress.records_expected), static_cast<unsigned long long>(progress.bytes_done),
      static_cast<unsigned long long>(progress.bytes_expected)));
}

std::int64_t NumberOf(PyObject* object) {
  const long long number = PyLong_AsLongLong(object);
  if (number == -1 && PyErr_Occurred() != nullptr) throw Raised();
  return number;
}

std::int32_t SmallNumberOf(PyObject* object) {
  const std::int64_t number = NumberOf(object);
  if (number < INT32_MIN || number > INT32_MAX) Raise(PyExc_OverflowError, "the number does not fit in 32 bits");
  return static_cast<std::int32_t>(number);
}

std::uint64_t LargeNumberOf(PyObject* object) {
  const unsigned long long number = PyLong_AsUnsignedLongLong(object);
  if (number == static_cast<unsigned long long>(-1) && PyErr_Occurred() != nullptr) throw Raised();
  return number;
}

}  // namespace coffer_python
