// Response bodies in the shapes of the contract.
#pragma once

#include <string_view>

#include "coffer/bulk_delete.h"
#include "http/calls/service.h"
#include "http/requests/exchange.h"
#include "http/requests/json.h"

namespace coffer::http {

Response JsonAnswer(int status, const Json& body);

// The problem that a client gets for an engine failure. From status 500 on, the full message goes to the log.
Response EngineFailure(const Status& failure, const Service& service, std::string_view instance);

// BulkDeleteResponse.
Json BulkDeleteJson(const BulkDeleteReport& report);

}  // namespace coffer::http
