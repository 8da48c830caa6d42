// The table of routes: the one place that lists the calls.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/calls/service.h"
#include "http/requests/target.h"

namespace coffer::http {

enum class Access {
  kAnybody,     // no token
  kUser,        // any token; the handler checks who owns the records
  kAdmin,       // an admin's token
  kUserOrLink,  // any token, or a signed link
};

enum class Runs {
  kHere,      // on the connection's thread, since it never waits
  kBlocking,  // on a thread for blocking calls
  kShared,    // like kBlocking; one run serves all calls that came before it began, so it must not read the request
};

enum class Body {
  kNone,        // ignored if present
  kJson,        // read into memory, up to kJsonBodyBytesMax
  kJsonOrNone,  // like kJson, but may be absent
  kStream,      // streamed to the handler's operation, up to kImportBytesMax
};

// What happens to a call while a restore switches the store.
enum class Switching {
  kRefused,  // 503, since it would hold a thread while it waits for the store
  kServed,   // it reads the journal at most
};

struct Route;
class BodyPipe;

// One admitted call.
struct Call {
  const Route* route = nullptr;
  const Request* request = nullptr;
  std::string path;  // as sent, percent-encoded
  Query query;
  std::vector<std::string> parameters;  // the values of {…} in the pattern, decoded
  Principal principal;
  std::shared_ptr<BodyPipe> stream;  // set for Body::kStream

  bool is_admin() const { return principal.role == PrincipalRole::kAdmin; }
};

using Handler = Response (*)(const Call& call, Service& service);

struct Route {
  std::string_view method;   // GET serves HEAD too
  std::string_view pattern;  // segments; "{…}" matches any one segment
  Access access;
  Runs runs;
  Body body;
  Handler handler;
  bool counts = true;  // against the token's rate limit
  Switching switching = Switching::kRefused;
};

std::span<const Route> AllRoutes();

// The result of a look-up.
struct Match {
  const Route* route = nullptr;  // null: the path or its method is unknown
  std::vector<std::string> parameters;
  std::string allow;  // without a route: the path's methods; empty: unknown path
};

Match FindRoute(std::string_view method, std::string_view path);

}  // namespace coffer::http
