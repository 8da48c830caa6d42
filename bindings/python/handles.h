// Handles of coffer/c.h as capsules.
#pragma once

#include <coffer/c.h>

#include <memory>
#include <string>
#include <utility>

#include "errors.h"
#include "gil.h"
#include "owned.h"

namespace coffer_python {

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

// free(handle): now, and not when Python gets to it.
PyObject* FreeHandle(PyObject*, PyObject* capsule);

}  // namespace coffer_python
