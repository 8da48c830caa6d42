// Faults: what is wrong with a request, in the words of FastAPI and Pydantic 2.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/requests/exchange.h"
#include "http/requests/json.h"

namespace coffer::http {

// One entry of a 422's "detail". The input is not repeated: it may be megabytes.
struct Fault {
  Json loc;  // array of strings and indices; begins with "body", "query" or "path"
  std::string type;
  std::string msg;
  Json ctx = nullptr;  // the values that `msg` contains; null if it contains no value
};

// All faults of one request, in the order in which the response lists them.
class Faults {
 public:
  // Faults listed in one response; further ones are dropped.
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
