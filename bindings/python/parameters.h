// Parameter<T> converts the next argument of a Python call to a parameter of type T of a function of coffer/c.h.
#pragma once

#include <coffer/c.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "errors.h"
#include "handles.h"
#include "owned.h"
#include "values.h"

namespace coffer_python {

// The arguments of a Python call, or the members of a struct, taken one after another.
class Words {
 public:
  explicit Words(PyObject* tuple) : tuple_(tuple) {}
  PyObject* Next() { return OrRaise(PyTuple_GetItem(tuple_, next_++)); }
  // The length of the text array or buffer just taken; in coffer/c.h it is always the next parameter.
  std::optional<std::size_t> length;

 private:
  PyObject* tuple_;
  Py_ssize_t next_ = 0;
};

template <typename T>
struct Parameter;

template <>
struct Parameter<coffer_text> {
  coffer_text text;
  explicit Parameter(Words& words) : text(TextOf(words.Next())) {}
  coffer_text get() { return text; }
};
template <>
struct Parameter<std::int32_t> {
  std::int32_t number;
  explicit Parameter(Words& words) : number(SmallNumberOf(words.Next())) {}
  std::int32_t get() { return number; }
};
template <>
struct Parameter<std::uint32_t> {
  std::uint32_t number;
  explicit Parameter(Words& words) : number(static_cast<std::uint32_t>(SmallNumberOf(words.Next()))) {}
  std::uint32_t get() { return number; }
};
template <>
struct Parameter<std::int64_t> {
  std::int64_t number;
  explicit Parameter(Words& words) : number(NumberOf(words.Next())) {}
  std::int64_t get() { return number; }
};
// size_t is the same type, so this also takes lengths.
template <>
struct Parameter<std::uint64_t> {
  std::uint64_t number;
  explicit Parameter(Words& words) : number(words.length ? *words.length : LargeNumberOf(words.Next())) {
    words.length.reset();
  }
  std::uint64_t get() { return number; }
};

template <typename Handle>
requires requires { HandleTraits<Handle>::kName; }
struct Parameter<Handle*> {
  Use<Handle> use;
  explicit Parameter(Words& words) : use(words.Next()) {}
  Handle* get() { return use.get(); }
};
template <typename Handle>
requires requires { HandleTraits<Handle>::kName; }
struct Parameter<const Handle*> : Parameter<Handle*> {
  using Parameter<Handle*>::Parameter;
};

template <>
struct Parameter<const coffer_text*> {
  Owned sequence;
  std::vector<coffer_text> texts;
  explicit Parameter(Words& words) {
    sequence.reset(OrRaise(PySequence_Tuple(words.Next())));
    const Py_ssize_t count = PyTuple_Size(sequence.get());
    texts.reserve(static_cast<std::size_t>(count));
    for (Py_ssize_t i = 0; i < count; ++i) texts.push_back(TextOf(PyTuple_GetItem(sequence.get(), i)));
    words.length = texts.size();
  }
  const coffer_text* get() { return texts.data(); }
};

template <int kFlags>
struct BufferParameter {
  Py_buffer view = {};
  explicit BufferParameter(Words& words) {
    if (PyObject_GetBuffer(words.Next(), &view, kFlags) != 0) throw Raised();
    words.length = static_cast<std::size_t>(view.len);
  }
  ~BufferParameter() { PyBuffer_Release(&view); }
  BufferParameter(const BufferParameter&) = delete;
  BufferParameter& operator=(const BufferParameter&) = delete;
  void* get() { return view.buf; }
};
template <>
struct Parameter<const void*> : BufferParameter<PyBUF_SIMPLE> {
  using BufferParameter::BufferParameter;
};
template <>
struct Parameter<void*> : BufferParameter<PyBUF_WRITABLE> {
  using BufferParameter::BufferParameter;
};

// An out parameter becomes a result of the Python function.
template <typename Value>
struct OutParameter {
  static constexpr bool kIsOut = true;
  Value value = {};
  explicit OutParameter(Words&) {}
  Value* get() { return &value; }
  PyObject* Result() { return ToPython(value); }
};
template <typename Handle>
struct Parameter<Handle**> : OutParameter<Handle*> {
  using OutParameter<Handle*>::OutParameter;
};
template <>
struct Parameter<std::uint64_t*> : OutParameter<std::uint64_t> {
  using OutParameter::OutParameter;
};
template <>
struct Parameter<std::int32_t*> : OutParameter<std::int32_t> {
  using OutParameter::OutParameter;
};
template <>
struct Parameter<coffer_progress*> : OutParameter<coffer_progress> {
  explicit Parameter(Words& words) : OutParameter(words) { value.struct_size = sizeof value; }
};
template <>
struct Parameter<coffer_error**> {
  coffer_error* value = nullptr;
  explicit Parameter(Words&) {}
  coffer_error** get() { return &value; }
};

}  // namespace coffer_python
