// Handles of coffer/c.h as Python capsules.
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

// The content of a capsule; accessed only with the GIL held. A handle that is freed while another thread uses it is released
// when that call returns. A handle for one thread at a time refuses a second thread.
template <typename Handle>
struct Box {
  Handle* handle;
  int uses = 0;
  bool freed = false;

  void Free() {
    freed = true;
    if (uses > 0 || handle == nullptr) return;
    Handle* gone = std::exchange(handle, nullptr);
    const WithoutGil released;  // closing a store may take long
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

// Holds a handle in use during a call. None gives a null handle.
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

// free(handle): frees it now, before Python collects the capsule.
PyObject* FreeHandle(PyObject*, PyObject* capsule);

}  // namespace coffer_python
