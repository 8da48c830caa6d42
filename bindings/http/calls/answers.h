// The bodies of answers, as the contract shapes them.
#pragma once

#include <string_view>

#include "coffer/bulk_delete.h"
#include "http/calls/service.h"
#include "http/requests/exchange.h"
#include "http/requests/json.h"

namespace coffer::http {

Response JsonAnswer(int status, const Json& body);

// A failure of the engine for a client, and in full for the log.
Response EngineFailure(const Status& failure, const Service& service, std::string_view instance);

// BulkDeleteResponse.
Json BulkDeleteJson(const BulkDeleteReport& report);

}  // namespace coffer::http
