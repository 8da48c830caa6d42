// The handlers of the table of routes. Each reads the call, calls the engine and returns the response. The caller's access to
// the route has been checked before.
#pragma once

#include "http/calls/routes.h"

namespace coffer::http {

// store_handlers.cc
Response ShowStatistics(const Call& call, Service& service);
Response ShowHealth(const Call& call, Service& service);
Response ShowReadiness(const Call& call, Service& service);
Response ShowMetrics(const Call& call, Service& service);

// openapi.cc
Response ShowOpenApi(const Call& call, Service& service);

// bulk_handlers.cc
Response DeleteConversations(const Call& call, Service& service);
Response DeleteDocuments(const Call& call, Service& service);
Response DeletePrompts(const Call& call, Service& service);
Response DeleteFiltered(const Call& call, Service& service);
Response PreviewDelete(const Call& call, Service& service);

// backup_handlers.cc
Response StartBackupOf(const Call& call, Service& service);
Response ListAllBackups(const Call& call, Service& service);
Response ShowBackup(const Call& call, Service& service);
Response DeleteOneBackup(const Call& call, Service& service);
Response StartVerifyOf(const Call& call, Service& service);
Response DownloadBackup(const Call& call, Service& service);

// restore_handlers.cc
Response StartRestoreOf(const Call& call, Service& service);
Response ShowRestore(const Call& call, Service& service);

// export_handlers.cc
Response StartExportOf(const Call& call, Service& service);
Response ListAllExports(const Call& call, Service& service);
Response ShowExport(const Call& call, Service& service);
Response DownloadExport(const Call& call, Service& service);

// import_handlers.cc
Response StartImportOf(const Call& call, Service& service);

// operation_handlers.cc
Response ListAllOperations(const Call& call, Service& service);
Response ShowOperation(const Call& call, Service& service);
Response CancelOne(const Call& call, Service& service);

// operation_events.cc
Response ListenToOperation(const Call& call, Service& service);

}  // namespace coffer::http
