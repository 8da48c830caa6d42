#include "handles.h"

#include <string_view>

namespace coffer_python {

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

}  // namespace coffer_python
