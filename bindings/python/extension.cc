// _coffer: the C interface for Python. It uses the limited API, so one binary serves every version from 3.11 on. functions.h
// turns a function of coffer/c.h into a Python function by the types of its parameters; only callbacks and records as objects
// are written by hand. Errors are raised with the classes that coffer.errors registers, one per code.
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <coffer/c.h>

#include "batch_records.h"
#include "errors.h"
#include "functions.h"
#include "handles.h"
#include "import_stream.h"
#include "json_decoder.h"
#include "json_encoder.h"
#include "values.h"

namespace coffer_python {
namespace {

// encode(record): the JSON text of a record as bytes.
PyObject* Encode(PyObject*, PyObject* record) {
  return Guarded([&] {
    JsonTexts texts;
    if (!texts.Add(record)) throw Raised();
    const coffer_text text = texts.All().front();
    return OrRaise(PyBytes_FromStringAndSize(text.data, static_cast<Py_ssize_t>(text.length)));
  });
}

// decode(text): the Python values of the engine's JSON.
PyObject* Decode(PyObject*, PyObject* object) {
  return Guarded([&] {
    const coffer_text text = TextOf(object);
    return OrRaise(DecodeJson({text.data, text.length}));
  });
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
    WRAP(check_integrity),
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
    WRAP(batch_size),
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
    // Reads that return Python values instead of text.
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
}  // namespace coffer_python

PyMODINIT_FUNC PyInit__coffer() { return PyModule_Create(&coffer_python::module); }
