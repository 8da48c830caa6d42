// Service: the state that all calls share.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "coffer/clock.h"
#include "coffer/engine.h"
#include "coffer/http/server.h"
#include "coffer/token.h"
#include "http/requests/exchange.h"
#include "http/requests/link_signer.h"
#include "http/requests/rate_limits.h"

namespace coffer::http {

// The engine must outlive it. `the_options.authenticate` must be set. Safe to use from many threads.
struct Service {
  Service(Engine& the_engine, ServerOptions the_options, const LinkSigner::Key& key);

  Engine& engine;
  const ServerOptions options;
  Clock& clock;
  const LinkSigner links;
  RateLimits token_rates;
  RateLimits failure_rates;
  std::function<Result<Principal>(std::string_view secret)> authenticate;
  // The clock of the rate limits. Tests replace it.
  std::function<RateLimits::Time()> now = std::chrono::steady_clock::now;

  // Connections that listen to operations. Shared, since a response that is being sent may outlive the server.
  const std::shared_ptr<std::atomic<std::size_t>> listeners = std::make_shared<std::atomic<std::size_t>>(0);

  // Counts of responses by the first digit of the status.
  static constexpr std::size_t kStatusClasses = 6;
  std::array<std::atomic<std::uint64_t>, kStatusClasses> responses{};

  std::int64_t NowSeconds() const;
  void Log(const std::string& line) const;
};

}  // namespace coffer::http
