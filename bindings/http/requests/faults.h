// Faults: what is wrong with a request, in the words that FastAPI and Pydantic 2 have for it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/requests/exchange.h"
#include "http/requests/json.h"

namespace coffer::http {

// One entry of a 422's "detail". What was sent is not repeated: it may be megabytes.
struct Fault {
  Json loc;  // array of strings and indices; begins with "body", "query" or "path"
  std::string type;
  std::string msg;
  Json ctx = nullptr;  // the figures in `msg`; null where it has none
};

// All faults of one request, in the order in which they are to be told.
class Faults {
 public:
  // Faults listed in one answer; more are counted and not told.
  static constexpr std::size_t kFaultsMax = 1000;

  void Add(Fault fault);
  bool empty() const { return faults_.empty(); }
  const std::vector<Fault>& all() const { return faults_; }
  // {"detail":[{"loc","msg","type","ctx"?}]} with status 422.
  Response ToResponse() const;

 private:
  std::vector<Fault> faults_;
};

// `loc` with one more element.
Json Below(const Json& loc, Json element);

// "'a', 'b' or 'c'".
std::string Alternatives(const std::vector<std::string_view>& words);

}  // namespace coffer::http
