#include "http/calls/service.h"

namespace coffer::http {

Service::Service(Engine& the_engine, ServerOptions the_options, const LinkSigner::Key& key)
    : engine(the_engine),
      options(std::move(the_options)),
      clock(options.clock != nullptr ? *options.clock : SystemClock()),
      links(key),
      token_rates(options.rate_minute, options.rate_hour),
      failure_rates(options.rate_minute, options.rate_hour),
      authenticate(options.authenticate) {}

std::int64_t Service::NowSeconds() const {
  constexpr std::int64_t kMicrosecondsInSecond = 1'000'000;
  return clock.NowMicroseconds() / kMicrosecondsInSecond;
}

void Service::Log(const std::string& line) const {
  try {
    if (options.log) options.log(line);
  } catch (...) {
    return;  // a failing log must not fail the call
  }
}

}  // namespace coffer::http
