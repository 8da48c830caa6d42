// Operations and their results, in the shapes of the contract.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "coffer/operation.h"
#include "http/calls/routes.h"
#include "http/calls/service.h"
#include "http/requests/json.h"

namespace coffer::http {

// Any operation. Its request and result are shown without file names.
Json OperationJson(const OperationInfo& info, const Service& service);

// BackupResponse of a backup that is pending, running, failed or cancelled; metadata.error gives the reason.
Json BackupJson(const OperationInfo& info);

// RestoreResponse.
Json RestoreJson(const OperationInfo& info);

// ExportDataResponse; for a completed export with a signed link that expires.
Json ExportJson(const OperationInfo& info, const Service& service);

// The operations of one kind in the journal that the principal may see, newest first.
Result<std::vector<OperationInfo>> OperationsOf(Engine& engine, OperationKind kind, const Principal& principal);
// Whether `principal` may see the operation: an admin sees all, a user its own.
bool MaySee(const Principal& principal, const OperationInfo& info);

// The operation that the call names. kNotFound both if it is missing and if the caller may not see it.
Result<OperationInfo> FindOperation(const Call& call, Service& service);
// The response for a failure of FindOperation.
Response NoSuchOperation(const Status& failure, const Call& call, Service& service);

}  // namespace coffer::http
