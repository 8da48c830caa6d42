#include "json_decoder.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <system_error>
#include <utility>

#include "owned.h"

namespace coffer_python {
namespace {

// The depth that the engine stores.
constexpr int kDepthMax = 257;
// A number with at most kSmallDigits digits always fits in 64 bits. Python reads at most kIntDigitsMax digits as int.
constexpr std::size_t kSmallDigits = 18;
constexpr std::size_t kIntDigitsMax = 4300;

PyObject* DecimalOf(std::string_view digits) {
  static PyObject* type = nullptr;
  if (type == nullptr) {
    const Owned module(PyImport_ImportModule("decimal"));
    if (module == nullptr) return nullptr;
    type = PyObject_GetAttrString(module.get(), "Decimal");
    if (type == nullptr) return nullptr;
  }
  return PyObject_CallFunction(type, "s#", digits.data(), static_cast<Py_ssize_t>(digits.size()));
}

// Member names repeat, so each slot keeps the last name that it returned. Accessed only with the GIL held.
class NameCache {
 public:
  PyObject* Get(std::string_view name) {
    Slot& slot = slots_[std::hash<std::string_view>()(name) % slots_.size()];
    if (slot.object != nullptr && slot.name == name) return Py_NewRef(slot.object);
    PyObject* made = PyUnicode_DecodeUTF8(name.data(), static_cast<Py_ssize_t>(name.size()), "strict");
    if (made == nullptr || name.size() > kNameBytesMax) return made;
    PyUnicode_InternInPlace(&made);
    slot.name = name;
    Py_XDECREF(std::exchange(slot.object, Py_NewRef(made)));
    return made;
  }

 private:
  static constexpr std::size_t kNameBytesMax = 64;
  struct Slot {
    std::string name;
    PyObject* object = nullptr;
  };
  std::array<Slot, 256> slots_;
};

class Decoder {
 public:
  explicit Decoder(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  PyObject* Value(int depth) {
    if (at_ == end_ || depth > kDepthMax) return Bad();
    switch (*at_) {
      case '{':
        return Object(depth);
      case '[':
        return Array(depth);
      case '"':
        return Text();
      case 't':
        return Word("true", Py_True);
      case 'f':
        return Word("false", Py_False);
      case 'n':
        return Word("null", Py_None);
      default:
        return Number();
    }
  }

  bool at_end() const { return at_ == end_; }

  PyObject* Bad() {
    PyErr_SetString(PyExc_ValueError, "not canonical JSON");
    return nullptr;
  }

 private:
  static NameCache& Names() {
    static NameCache names;
    return names;
  }

  bool Take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  PyObject* Word(std::string_view word, PyObject* value) {
    if (static_cast<std::size_t>(end_ - at_) < word.size() || std::memcmp(at_, word.data(), word.size()) != 0) return Bad();
    at_ += word.size();
    return Py_NewRef(value);
  }

  PyObject* Object(int depth) {
    Owned object(PyDict_New());
    if (object == nullptr) return nullptr;
    ++at_;
    if (Take('}')) return object.release();
    do {
      const Owned name(Name());
      if (name == nullptr) return nullptr;
      if (!Take(':')) return Bad();
      const Owned value(Value(depth + 1));
      if (value == nullptr || PyDict_SetItem(object.get(), name.get(), value.get()) != 0) return nullptr;
    } while (Take(','));
    return Take('}') ? object.release() : Bad();
  }

  PyObject* Array(int depth) {
    Owned array(PyList_New(0));
    if (array == nullptr) return nullptr;
    ++at_;
    if (Take(']')) return array.release();
    do {
      const Owned value(Value(depth + 1));
      if (value == nullptr || PyList_Append(array.get(), value.get()) != 0) return nullptr;
    } while (Take(','));
    return Take(']') ? array.release() : Bad();
  }

  // Reads a text, from its first quote to after its last. `bytes` is without quotes; escapes are resolved into `unescaped_`.
  bool TextBytes(std::string_view& bytes) {
    if (!Take('"')) return false;
    const char* begin = at_;
    const auto* quote = static_cast<const char*>(std::memchr(at_, '"', static_cast<std::size_t>(end_ - at_)));
    if (quote == nullptr) return false;
    if (std::memchr(at_, '\\', static_cast<std::size_t>(quote - at_)) == nullptr) {
      at_ = quote + 1;
      bytes = {begin, static_cast<std::size_t>(quote - begin)};
      return true;
    }
    if (!Unescape()) return false;
    bytes = unescaped_;
    return true;
  }

  bool Unescape() {
    unescaped_.clear();
    while (at_ != end_ && *at_ != '"') {
      if (*at_ != '\\') {
        unescaped_ += *at_++;
      } else if (++at_ == end_ || !Escape(*at_++)) {
        return false;
      }
    }
    return Take('"');
  }

  // The escapes of the canonical form; \u stands for control characters only.
  bool Escape(char c) {
    static constexpr std::string_view kNames = "\"\\/bfnrt";
    static constexpr std::string_view kCharacters = "\"\\/\b\f\n\r\t";
    if (const std::size_t place = kNames.find(c); place != std::string_view::npos) {
      unescaped_ += kCharacters[place];
      return true;
    }
    unsigned code = 0;
    if (c != 'u' || end_ - at_ < 4) return false;
    const auto [stop, error] = std::from_chars(at_, at_ + 4, code, 16);
    if (error != std::errc() || stop != at_ + 4 || code >= 0x80) return false;
    unescaped_ += static_cast<char>(code);
    at_ += 4;
    return true;
  }

  PyObject* Name() {
    std::string_view bytes;
    return TextBytes(bytes) ? Names().Get(bytes) : Bad();
  }

  PyObject* Text() {
    std::string_view bytes;
    if (!TextBytes(bytes)) return Bad();
    return PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), "strict");
  }

  PyObject* Number() {
    const char* begin = at_;
    while (at_ != end_ && std::strchr("+-.0123456789eE", *at_) != nullptr && *at_ != 0) ++at_;
    const std::string_view digits(begin, static_cast<std::size_t>(at_ - begin));
    if (digits.empty()) return Bad();
    if (digits.find_first_of(".eE") != std::string_view::npos || digits.size() > kIntDigitsMax) return DecimalOf(digits);
    if (digits.size() <= kSmallDigits) {
      std::int64_t number = 0;
      const auto [stop, error] = std::from_chars(begin, at_, number);
      return error == std::errc() && stop == at_ ? PyLong_FromLongLong(number) : Bad();
    }
    return PyLong_FromString(std::string(digits).c_str(), nullptr, 10);
  }

  const char* at_;
  const char* end_;
  std::string unescaped_;
};

}  // namespace

PyObject* DecodeJson(std::string_view text) {
  Decoder decoder(text);
  Owned value(decoder.Value(1));
  if (value == nullptr) return nullptr;
  return decoder.at_end() ? value.release() : decoder.Bad();
}

}  // namespace coffer_python
