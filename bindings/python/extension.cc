// _coffer: the C interface for Python, on the limited API, so that one binary serves every version from 3.11 on. A function
// of coffer.h becomes a Python function by its parameters' types alone (Wrap); only what C callbacks need is written by
// hand. The GIL is released around every call. Errors are raised as the classes that coffer.errors registers, one a code.
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <coffer.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "json_decoder.h"
#include "json_encoder.h"

namespace {

PyObject* error_classes = nullptr;  // a tuple by code

struct Raised {};  // a Python exception is set

[[noreturn]] void Raise(PyObject* type, const std::string& message) {
  PyErr_SetString(type, message.c_str());
  throw Raised();
}

struct Release {
  void operator()(PyObject* object) const { Py_DecRef(object); }
};
using Owned = std::unique_ptr<PyObject, Release>;

PyObject* OrRaise(PyObject* object) {
  if (object == nullptr) throw Raised();
  return object;
}

// Raises what the call answered.
void RaiseFailure(coffer_status status, coffer_error* error) {
  const coffer_text text = coffer_error_message(error);
  const Owned message(PyUnicode_DecodeUTF8(text.data, static_cast<Py_ssize_t>(text.length), "replace"));
  coffer_error_free(error);
  if (message == nullptr) throw Raised();
  PyObject* type = error_classes == nullptr ? nullptr : PyTuple_GetItem(error_classes, status);
  PyErr_SetObject(type == nullptr ? PyExc_RuntimeError : type, message.get());
  throw Raised();
}

class WithoutGil {
 public:
  WithoutGil() : state_(PyEval_SaveThread()) {}
  ~WithoutGil() { PyEval_RestoreThread(state_); }
  WithoutGil(const WithoutGil&) = delete;
  WithoutGil& operator=(const WithoutGil&) = delete;

 private:
  PyThreadState* state_;
};

// ---- Handles ---------------------------------------------------------------------------------------------------------------

template <typename Handle>
struct HandleTraits;
#define HANDLE(type, exclusive)                             \
  template <>                                               \
  struct HandleTraits<type> {                               \
    static constexpr const char* kName = #type;             \
    static constexpr bool kExclusive = exclusive;           \
    static void Free(type* handle) { type##_free(handle); } \
  }
HANDLE(coffer_engine, false);
HANDLE(coffer_snapshot, false);
HANDLE(coffer_operation, false);
HANDLE(coffer_backup_archive, false);
HANDLE(coffer_batch, true);
HANDLE(coffer_content_writer, true);
HANDLE(coffer_content_reader, true);
#undef HANDLE

// What a capsule holds. All of it is touched with the GIL held: a handle that another thread is using when it is freed goes
// when that call returns, and one that takes one thread at a time refuses a second.
template <typename Handle>
struct Box {
  Handle* handle;
  int uses = 0;
  bool freed = false;

  void Free() {
    freed = true;
    if (uses > 0 || handle == nullptr) return;
    Handle* gone = std::exchange(handle, nullptr);
    const WithoutGil released;  // closing a store may take its time
    HandleTraits<Handle>::Free(gone);
  }
};

template <typename Handle>
Box<Handle>* BoxOf(PyObject* capsule) {
  return static_cast<Box<Handle>*>(PyCapsule_GetPointer(capsule, HandleTraits<Handle>::kName));
}

template <typename Handle>
PyObject* NewCapsule(Handle* handle) {
  auto box = std::make_unique<Box<Handle>>(Box<Handle>{handle});
  PyObject* capsule = OrRaise(PyCapsule_New(box.get(), HandleTraits<Handle>::kName, [](PyObject* object) {
    const std::unique_ptr<Box<Handle>> gone(BoxOf<Handle>(object));
    gone->Free();
  }));
  box.release();
  return capsule;
}

template <typename Handle>
class Use {
 public:
  explicit Use(PyObject* capsule) {
    if (capsule == Py_None) return;
    box_ = BoxOf<Handle>(capsule);
    if (box_ == nullptr) throw Raised();
    if (box_->freed) {
      box_ = nullptr;
      Raise(PyExc_ValueError, std::string("the ") + (HandleTraits<Handle>::kName + 7) + " is closed");
    }
    if (HandleTraits<Handle>::kExclusive && box_->uses > 0) {
      box_ = nullptr;
      Raise(PyExc_RuntimeError, std::string("the ") + (HandleTraits<Handle>::kName + 7) + " is in use by another thread");
    }
    ++box_->uses;
  }
  ~Use() {
    if (box_ != nullptr && --box_->uses == 0 && box_->freed) box_->Free();
  }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  Handle* get() const { return box_ == nullptr ? nullptr : box_->handle; }

 private:
  Box<Handle>* box_ = nullptr;
};

// ---- Values ----------------------------------------------------------------------------------------------------------------

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
template <typename Handle>
PyObject* ToPython(Handle* handle) {
  return NewCapsule(handle);
}
PyObject* ToPython(coffer_string* string) {
  const std::unique_ptr<coffer_string, decltype(&coffer_string_free)> owned(string, &coffer_string_free);
  return ToPython(coffer_string_text(string));
}
// (items, next)
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
// [(outcome, id, sequence_number)]
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
// (state, percent, records_done, records_expected, bytes_done, bytes_expected)
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
  if (number < INT32_MIN || number > INT32_MAX) Raise(PyExc_OverflowError, "a number beyond 32 bits");
  return static_cast<std::int32_t>(number);
}

std::uint64_t LargeNumberOf(PyObject* object) {
  const unsigned long long number = PyLong_AsUnsignedLongLong(object);
  if (number == static_cast<unsigned long long>(-1) && PyErr_Occurred() != nullptr) throw Raised();
  return number;
}

// ---- Arguments by the type of the parameter --------------------------------------------------------------------------------

// The arguments of a Python call, or the members of a struct, taken one after another.
class Words {
 public:
  explicit Words(PyObject* tuple) : tuple_(tuple) {}
  PyObject* Next() { return OrRaise(PyTuple_GetItem(tuple_, next_++)); }
  // Of the text array or buffer just taken: in coffer.h its length is always the next parameter.
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
// size_t is the same type.
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

// Options come as a tuple of their members in order, or None.
template <auto... kMembers>
struct MemberList {};
template <typename Options>
struct MembersOf;
#define MEMBERS(type, ...)                \
  template <>                             \
  struct MembersOf<type> {                \
    using Options = type;                 \
    using List = MemberList<__VA_ARGS__>; \
  }
MEMBERS(coffer_open_options, &Options::must_exist, &Options::read_only, &Options::repository, &Options::write_buffer_bytes,
        &Options::block_cache_bytes, &Options::open_files_max, &Options::background_threads);
MEMBERS(coffer_list_options, &Options::owner, &Options::limit, &Options::after, &Options::snapshot);
MEMBERS(coffer_message_list_options, &Options::from_sequence, &Options::limit, &Options::snapshot);
MEMBERS(coffer_operation_list_options, &Options::kind, &Options::state, &Options::limit, &Options::after);
MEMBERS(coffer_bulk_delete_options, &Options::owner, &Options::dry_run, &Options::durability);
MEMBERS(coffer_selection, &Options::kind, &Options::owner, &Options::created_from, &Options::created_before, &Options::status,
        &Options::limit);
MEMBERS(coffer_import_options, &Options::format, &Options::on_conflict, &Options::owner, &Options::generate_ids, &Options::kind,
        &Options::contents, &Options::durability);
MEMBERS(coffer_export_options, &Options::format, &Options::scope, &Options::user_id, &Options::conversation_id,
        &Options::date_from, &Options::date_to, &Options::custom_query, &Options::without_metadata, &Options::without_contents,
        &Options::uncompressed, &Options::compression_level, &Options::encrypt, &Options::recipients,
        &Options::recipients_count, &Options::output);
MEMBERS(coffer_backup_options, &Options::type, &Options::name, &Options::description, &Options::uncompressed,
        &Options::unencrypted, &Options::recipients, &Options::recipients_count, &Options::without_contents,
        &Options::include_logs, &Options::retention_days, &Options::bytes_per_second_max);
MEMBERS(coffer_restore_options, &Options::scope, &Options::user_id, &Options::ids, &Options::ids_count, &Options::conflict,
        &Options::exact, &Options::dry_run, &Options::without_safety_backup, &Options::without_verification,
        &Options::without_ledger, &Options::identity_file);
MEMBERS(coffer_prune_options, &Options::keep_last, &Options::keep_daily, &Options::keep_weekly, &Options::keep_monthly,
        &Options::plan, &Options::as_of);
#undef MEMBERS

template <typename Options, typename List>
struct OptionsParameter;
template <typename Options, auto... kMembers>
struct OptionsParameter<Options, MemberList<kMembers...>> {
  template <auto kMember>
  using Part = Parameter<std::remove_reference_t<decltype(std::declval<Options>().*kMember)>>;

  Options options = {};
  std::optional<std::tuple<std::unique_ptr<Part<kMembers>>...>> parts;

  explicit OptionsParameter(Words& words) {
    PyObject* tuple = words.Next();
    if (tuple == Py_None) return;
    Words members(tuple);
    options.struct_size = sizeof options;
    // Braces: one after another.
    parts.emplace(std::tuple<std::unique_ptr<Part<kMembers>>...>{std::make_unique<Part<kMembers>>(members)...});
    std::apply([&](auto&... part) { ((options.*kMembers = part->get()), ...); }, *parts);
  }
  const Options* get() { return parts ? &options : nullptr; }
};
template <typename Options>
requires requires { typename MembersOf<Options>::List; }
struct Parameter<const Options*> : OptionsParameter<Options, typename MembersOf<Options>::List> {
  using OptionsParameter<Options, typename MembersOf<Options>::List>::OptionsParameter;
};

// What goes out becomes the Python function's answer.
template <typename Value>
struct OutParameter {
  static constexpr bool kIsOut = true;
  Value value = {};
  explicit OutParameter(Words&) {}
  Value* get() { return &value; }
  PyObject* Told() { return ToPython(value); }
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

// ---- Functions -------------------------------------------------------------------------------------------------------------

// How a coffer_string goes out: as text, or as the values that its JSON stands for.
enum class Form { kText, kValues };

PyObject* ValuesOf(coffer_string* string) {
  const std::unique_ptr<coffer_string, decltype(&coffer_string_free)> owned(string, &coffer_string_free);
  const coffer_text text = coffer_string_text(string);
  return OrRaise(coffer_python::DecodeJson({text.data, text.length}));
}

template <Form kForm, typename Part>
void AddTold(Part& part, std::vector<Owned>& told) {
  if constexpr (kForm == Form::kValues && std::is_same_v<Part, Parameter<coffer_string**>>) {
    told.emplace_back(ValuesOf(part.value));
  } else if constexpr (requires { Part::kIsOut; }) {
    told.emplace_back(part.Told());
  }
}

PyObject* Answer(std::vector<Owned> told) {
  if (told.empty()) return Py_NewRef(Py_None);
  if (told.size() == 1) return told.front().release();
  Owned tuple(OrRaise(PyTuple_New(static_cast<Py_ssize_t>(told.size()))));
  for (std::size_t i = 0; i < told.size(); ++i) PyTuple_SetItem(tuple.get(), static_cast<Py_ssize_t>(i), told[i].release());
  return tuple.release();
}

// A function that can fail.
template <Form kForm, typename... Types>
PyObject* CallWith(coffer_status (*function)(Types...), Words& words) {
  std::tuple<std::unique_ptr<Parameter<Types>>...> parts{std::make_unique<Parameter<Types>>(words)...};
  coffer_status status = COFFER_OK;
  {
    const WithoutGil released;
    status = std::apply([&](auto&... part) { return function(part->get()...); }, parts);
  }
  if (status != COFFER_OK) RaiseFailure(status, std::get<std::unique_ptr<Parameter<coffer_error**>>>(parts)->value);
  std::vector<Owned> told;
  std::apply([&](auto&... part) { (AddTold<kForm>(*part, told), ...); }, parts);
  return Answer(std::move(told));
}

// An accessor.
template <Form kForm, typename Result, typename... Types>
PyObject* CallWith(Result (*function)(Types...), Words& words) {
  std::tuple<std::unique_ptr<Parameter<Types>>...> parts{std::make_unique<Parameter<Types>>(words)...};
  return std::apply([&](auto&... part) { return ToPython(function(part->get()...)); }, parts);
}

template <typename Work>
PyObject* Guarded(Work&& work) noexcept {
  try {
    return work();
  } catch (const Raised&) {
    return nullptr;
  } catch (const std::bad_alloc&) {
    return PyErr_NoMemory();
  } catch (const std::exception& exception) {
    PyErr_SetString(PyExc_RuntimeError, exception.what());
    return nullptr;
  }
}

template <auto kFunction, Form kForm = Form::kText>
PyObject* Wrap(PyObject*, PyObject* arguments) {
  return Guarded([&] {
    Words words(arguments);
    return CallWith<kForm>(kFunction, words);
  });
}

void ClearBatch(Words& words) { coffer_batch_clear(Use<coffer_batch>(words.Next()).get()); }

// free(handle): now, and not when Python gets to it.
PyObject* FreeHandle(PyObject*, PyObject* capsule) {
  return Guarded([&] {
    const char* name = PyCapsule_GetName(capsule);
    const auto free_as = [&]<typename Handle>(Handle*) {
      if (name != nullptr && std::string_view(name) == HandleTraits<Handle>::kName && !BoxOf<Handle>(capsule)->freed) {
        BoxOf<Handle>(capsule)->Free();
      }
    };
    free_as(static_cast<coffer_engine*>(nullptr));
    free_as(static_cast<coffer_snapshot*>(nullptr));
    free_as(static_cast<coffer_operation*>(nullptr));
    free_as(static_cast<coffer_backup_archive*>(nullptr));
    free_as(static_cast<coffer_batch*>(nullptr));
    free_as(static_cast<coffer_content_writer*>(nullptr));
    free_as(static_cast<coffer_content_reader*>(nullptr));
    return Py_NewRef(Py_None);
  });
}

// batch_add(batch, kind, record, mode): a conversation, document or prompt as an object or its JSON text.
// batch_add_conversation(batch, conversation, messages, mode), batch_append(batch, conversation_id, message).
void AddRecord(Words& words) {
  const Use<coffer_batch> batch(words.Next());
  const std::int32_t kind = SmallNumberOf(words.Next());
  coffer_python::JsonTexts texts;
  if (!texts.Add(words.Next())) throw Raised();
  const std::int32_t mode = SmallNumberOf(words.Next());
  coffer_error* error = nullptr;
  coffer_status status = COFFER_OK;
  {
    const WithoutGil released;
    const auto put = kind == COFFER_CONVERSATION ? &coffer_batch_put_conversation
                     : kind == COFFER_DOCUMENT   ? &coffer_batch_put_document
                                                 : &coffer_batch_put_prompt;
    status = put(batch.get(), texts.All().front(), mode, &error);
  }
  if (status != COFFER_OK) RaiseFailure(status, error);
}

void AddConversation(Words& words) {
  const Use<coffer_batch> batch(words.Next());
  coffer_python::JsonTexts texts;
  if (!texts.Add(words.Next())) throw Raised();
  const Owned messages(OrRaise(PySequence_Tuple(words.Next())));
  const Py_ssize_t count = PyTuple_Size(messages.get());
  for (Py_ssize_t i = 0; i < count; ++i) {
    if (!texts.Add(PyTuple_GetItem(messages.get(), i))) throw Raised();
  }
  const std::int32_t mode = SmallNumberOf(words.Next());
  coffer_error* error = nullptr;
  coffer_status status = COFFER_OK;
  {
    const WithoutGil released;
    const std::vector<coffer_text>& all = texts.All();
    status =
        coffer_batch_put_conversation_with_messages(batch.get(), all.front(), all.data() + 1, all.size() - 1, mode, &error);
  }
  if (status != COFFER_OK) RaiseFailure(status, error);
}

template <void (*kWork)(Words&)>
PyObject* Do(PyObject*, PyObject* arguments) {
  return Guarded([&] {
    Words words(arguments);
    kWork(words);
    return Py_NewRef(Py_None);
  });
}

// encode(record): its JSON text as bytes.
PyObject* Encode(PyObject*, PyObject* record) {
  return Guarded([&] {
    coffer_python::JsonTexts texts;
    if (!texts.Add(record)) throw Raised();
    const coffer_text text = texts.All().front();
    return OrRaise(PyBytes_FromStringAndSize(text.data, static_cast<Py_ssize_t>(text.length)));
  });
}

// decode(text): what the engine's JSON stands for.
PyObject* Decode(PyObject*, PyObject* object) {
  return Guarded([&] {
    const coffer_text text = TextOf(object);
    return OrRaise(coffer_python::DecodeJson({text.data, text.length}));
  });
}

// ---- A Python file as the source of an import ------------------------------------------------------------------------------

class WithGil {
 public:
  WithGil() : state_(PyGILState_Ensure()) {}
  ~WithGil() { PyGILState_Release(state_); }
  WithGil(const WithGil&) = delete;
  WithGil& operator=(const WithGil&) = delete;

 private:
  PyGILState_STATE state_;
};

// `context` is the callable read(length) -> bytes. Called from a thread of the engine.
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

// start_import_stream(engine, read, name, options, principal)
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

PyObject* RegisterErrors(PyObject*, PyObject* classes) {
  if (!PyTuple_Check(classes)) {
    PyErr_SetString(PyExc_TypeError, "a tuple of exception classes, one a code");
    return nullptr;
  }
  PyObject* before = std::exchange(error_classes, Py_NewRef(classes));
  Py_XDECREF(before);
  return Py_NewRef(Py_None);
}

#define WRAP(name) \
  { #name, Wrap < &coffer_##name>, METH_VARARGS, nullptr }
PyMethodDef methods[] = {
    WRAP(version),
    WRAP(open),
    WRAP(close),
    WRAP(sync),
    WRAP(reclaim),
    WRAP(statistics),
    WRAP(verify),
    WRAP(snapshot_take),
    WRAP(get_conversation),
    WRAP(get_message),
    WRAP(get_document),
    WRAP(get_prompt),
    WRAP(list),
    WRAP(list_messages),
    WRAP(canonical),
    WRAP(content_writer_new),
    WRAP(content_writer_append),
    WRAP(content_writer_finish),
    WRAP(content_writer_size),
    WRAP(content_writer_sha256),
    WRAP(content_reader_open),
    WRAP(content_reader_size),
    WRAP(content_reader_sha256),
    WRAP(content_reader_seek),
    WRAP(content_reader_read),
    WRAP(batch_new),
    WRAP(batch_operations),
    WRAP(batch_bytes),
    WRAP(batch_append_message),
    WRAP(batch_put_message),
    WRAP(batch_delete_message),
    WRAP(batch_put_document_with_content),
    WRAP(batch_set_content),
    WRAP(batch_delete),
    WRAP(commit),
    WRAP(operation_id),
    WRAP(operation_progress),
    WRAP(operation_info),
    WRAP(operation_wait),
    WRAP(operation_finish),
    WRAP(operation_cancel),
    WRAP(get_operation),
    WRAP(cancel_operation),
    WRAP(list_operations),
    WRAP(bulk_delete),
    WRAP(bulk_delete_selected),
    WRAP(start_bulk_delete),
    WRAP(start_bulk_delete_selected),
    WRAP(start_erase_user),
    WRAP(start_erase),
    WRAP(start_import),
    WRAP(start_export),
    WRAP(start_backup),
    WRAP(list_backups),
    WRAP(list_deleted_backups),
    WRAP(delete_backup),
    WRAP(undelete_backup),
    WRAP(start_verify_backup),
    WRAP(open_backup),
    WRAP(open_backup_in),
    WRAP(backup_archive_open),
    WRAP(backup_archive_size),
    WRAP(backup_archive_read),
    WRAP(start_restore),
    WRAP(start_roll_back),
    WRAP(start_prune),
    WRAP(show_keys),
    WRAP(generate_key),
    WRAP(create_token),
    WRAP(list_tokens),
    WRAP(revoke_token),
    WRAP(authenticate),
    // The same reads as values.
    {"read_conversation", Wrap<&coffer_get_conversation, Form::kValues>, METH_VARARGS, nullptr},
    {"read_message", Wrap<&coffer_get_message, Form::kValues>, METH_VARARGS, nullptr},
    {"read_document", Wrap<&coffer_get_document, Form::kValues>, METH_VARARGS, nullptr},
    {"read_prompt", Wrap<&coffer_get_prompt, Form::kValues>, METH_VARARGS, nullptr},
    {"decode", Decode, METH_O, nullptr},
    {"free", FreeHandle, METH_O, nullptr},
    {"batch_clear", Do<&ClearBatch>, METH_VARARGS, nullptr},
    {"batch_add", Do<&AddRecord>, METH_VARARGS, nullptr},
    {"batch_add_conversation", Do<&AddConversation>, METH_VARARGS, nullptr},
    {"encode", Encode, METH_O, nullptr},
    {"start_import_stream", StartImportStream, METH_VARARGS, nullptr},
    {"register_errors", RegisterErrors, METH_O, nullptr},
    {nullptr, nullptr, 0, nullptr},
};
#undef WRAP

PyModuleDef module = {PyModuleDef_HEAD_INIT, "_coffer", nullptr, -1, methods, nullptr, nullptr, nullptr, nullptr};

}  // namespace

PyMODINIT_FUNC PyInit__coffer() { return PyModule_Create(&module); }
