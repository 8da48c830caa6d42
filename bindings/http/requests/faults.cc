#include "http/requests/faults.h"

namespace coffer::http {

void Faults::Add(Fault fault) {
  if (faults_.size() < kFaultsMax) faults_.push_back(std::move(fault));
}

Response Faults::ToResponse() const {
  Json detail = Json::array();
  for (const Fault& fault : faults_) {
    Json entry = {{"loc", fault.loc}, {"msg", fault.msg}, {"type", fault.type}};
    if (!fault.ctx.is_null()) entry["ctx"] = fault.ctx;
    detail.push_back(std::move(entry));
  }
  Response response;
  response.status = 422;
  response.body = std::make_shared<const std::string>(ToText({{"detail", std::move(detail)}}));
  return response;
}

Json Below(const Json& loc, Json element) {
  Json longer = loc;
  longer.push_back(std::move(element));
  return longer;
}

std::string Alternatives(const std::vector<std::string_view>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text.append("'").append(words[i]).append("'");
  }
  return text;
}

}  // namespace coffer::http
