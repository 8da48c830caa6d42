// Operations and what they leave, as the contract shapes them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "coffer/operation.h"
#include "http/calls/routes.h"
#include "http/calls/service.h"
#include "http/requests/json.h"

namespace coffer::http {

// Any operation. Names of files are left out of request and result.
Json OperationJson(const OperationInfo& info, const Service& service);

// BackupResponse of one that is being made, has failed or was cancelled; metadata.error tells why.
Json BackupJson(const OperationInfo& info);

// RestoreResponse.
Json RestoreJson(const OperationInfo& info);

// ExportDataResponse; of a completed one with a link that is good for a while.
Json ExportJson(const OperationInfo& info, const Service& service);

// All operations of a kind that the journal knows, newest first, as far as the principal may see them.
Result<std::vector<OperationInfo>> OperationsOf(Engine& engine, OperationKind kind, const Principal& principal);
// Whether `principal` may know of it.
bool MaySee(const Principal& principal, const OperationInfo& info);

// The operation that the call names, or why it is not to be seen: in the same words whether it is not there or somebody else's.
Result<OperationInfo> FindOperation(const Call& call, Service& service);
Response NoSuchOperation(const Status& failure, const Call& call, Service& service);

}  // namespace coffer::http
