// The handlers behind the table of routes. Each reads the call, asks the engine and says what came of it; who may come so far
// was judged before.
#pragma once

#include "routes.h"

namespace coffer::http {

// store_handlers.cc
Response ShowStatistics(const Call& call, Service& service);
Response ShowHealth(const Call& call, Service& service);
Response ShowReadiness(const Call& call, Service& service);

// bulk_handlers.cc
Response DeleteConversations(const Call& call, Service& service);
Response DeleteDocuments(const Call& call, Service& service);
Response DeletePrompts(const Call& call, Service& service);
Response DeleteFiltered(const Call& call, Service& service);
Response PreviewDelete(const Call& call, Service& service);

}  // namespace coffer::http
