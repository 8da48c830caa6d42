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
  kUser,        // any token; the handler looks at whose things are touched
  kAdmin,       // an admin's token
  kUserOrLink,  // any token, or a signed link
};

enum class Runs {
  kHere,      // never waits: on the connection's own thread
  kBlocking,  // on a thread for blocking calls
  kShared,    // the same, and one answer serves all who ask before it is begun: it looks at nothing of the request
};

enum class Body {
  kNone,        // ignored where there is one
  kJson,        // read into memory, up to kJsonBodyBytesMax
  kJsonOrNone,  // the same, or nothing at all
  kStream,      // the handler's operation reads it as it comes, up to kImportBytesMax
};

// What becomes of it while a restore puts its store in the place of the present one.
enum class Switching {
  kRefused,  // it would wait for the store, and hold a thread
  kServed,   // it asks the journal alone, or nothing
};

struct Route;
class BodyPipe;

// One call that has been let in.
struct Call {
  const Route* route = nullptr;
  const Request* request = nullptr;
  std::string path;  // as it was sent
  Query query;
  std::vector<std::string> parameters;  // what stands for {…} in the pattern, decoded
  Principal principal;
  std::shared_ptr<BodyPipe> stream;  // where the body is one

  bool is_admin() const { return principal.role == PrincipalRole::kAdmin; }
};

using Handler = Response (*)(const Call& call, Service& service);

struct Route {
  std::string_view method;   // HEAD is served where GET is
  std::string_view pattern;  // segments; "{…}" is any one
  Access access;
  Runs runs;
  Body body;
  Handler handler;
  bool counts = true;  // against the rate of its token
  Switching switching = Switching::kRefused;
};

std::span<const Route> AllRoutes();

// What a path is.
struct Match {
  const Route* route = nullptr;  // null: no such path, or none by this method
  std::vector<std::string> parameters;
  std::string allow;  // the methods that the path has; empty: no such path
};

Match FindRoute(std::string_view method, std::string_view path);

}  // namespace coffer::http
