#include "http/calls/handle.h"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include "http/requests/body_pipe.h"
#include "http/requests/correlation_id.h"
#include "http/requests/problem.h"

namespace coffer::http {
namespace {

constexpr std::size_t kSecretBytesMax = 512;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(), [](char a, char b) { return Lower(a) == b; });
}

// The token of "Bearer …"; empty if absent or too long.
std::string_view BearerToken(std::string_view header) {
  constexpr std::string_view kScheme = "bearer";
  if (header.size() <= kScheme.size() || !EqualsIgnoringCase(header.substr(0, kScheme.size()), kScheme)) return {};
  header.remove_prefix(kScheme.size());
  if (header.front() != ' ') return {};
  const auto first = header.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  header = header.substr(first, header.find_last_not_of(" \t") - first + 1);
  return header.size() <= kSecretBytesMax ? header : std::string_view();
}

std::optional<Principal> WhoAsks(const Request& request, Service& service) {
  const std::string_view secret = BearerToken(request.authorization);
  if (secret.empty()) return std::nullopt;
  try {
    auto principal = service.authenticate(secret);
    if (!principal.ok()) return std::nullopt;
    return *std::move(principal);
  } catch (const std::exception& failure) {
    service.Log(std::string("authenticate threw an exception: ") + failure.what());
  } catch (...) {
    service.Log("authenticate threw an unknown exception");
  }
  return std::nullopt;
}

// An IPv6 network of 64 bits counts as one address, since a single host can use any address in it.
std::string_view AddressKey(std::string_view peer) {
  constexpr int kGroups = 4;
  std::size_t end = 0;
  for (int groups = 0; groups < kGroups; ++groups) {
    const auto colon = peer.find(':', end);
    if (colon == std::string_view::npos) return peer;
    if (colon > 0 && peer.substr(colon).starts_with("::")) return peer.substr(0, colon);
    end = colon + 1;
  }
  return peer.substr(0, end - 1);
}

Response TooMany(const RateVerdict& verdict, std::string_view path) {
  return ProblemForNow(429, "rate_limited", "Too many calls. Retry-After gives the seconds to wait.", path,
                       verdict.retry_after_seconds);
}

// Counts a failed authentication and sets the refusal.
void RefuseUnknown(const Request& request, Service& service, Admission& admission) {
  const RateVerdict verdict = service.failure_rates.Count(AddressKey(request.peer), service.now());
  admission.rate = verdict.figures;
  if (!verdict.allowed) {
    admission.refusal = TooMany(verdict, admission.call.path);
    return;
  }
  admission.refusal =
      Problem(401, "unauthorized", "A bearer token that is known and has not expired is required.", admission.call.path);
  admission.refusal->headers.push_back({"WWW-Authenticate", "Bearer"});
}

void CountCall(std::string_view key, Service& service, Admission& admission) {
  const RateVerdict verdict = service.token_rates.Count(key, service.now());
  admission.rate = verdict.figures;
  if (!verdict.allowed) admission.refusal = TooMany(verdict, admission.call.path);
}

bool HasGoodLink(const Call& call, const Service& service) {
  return call.route != nullptr && call.route->access == Access::kUserOrLink &&
         service.links.Allows(call.query, call.parameters.front(), "download", service.NowSeconds());
}

// Sets the principal and counts the call. Sets a refusal if the caller is unknown or exceeds its rate limit.
void Identify(const Request& request, Service& service, Admission& admission) {
  Call& call = admission.call;
  const bool nobody_needed = call.route == nullptr || call.route->access == Access::kAnybody;
  if (call.route != nullptr && nobody_needed && !call.route->counts) return;
  if (auto principal = WhoAsks(request, service)) {
    call.principal = *std::move(principal);
    if (call.route == nullptr || call.route->counts) {
      CountCall(call.principal.token_id, service, admission);
    } else {
      admission.rate = service.token_rates.Look(call.principal.token_id, service.now()).figures;
    }
  } else if (HasGoodLink(call, service)) {
    call.principal = {{}, PrincipalRole::kAdmin, {}};
    CountCall("link " + call.parameters.front(), service, admission);
  } else if (!nobody_needed) {
    RefuseUnknown(request, service, admission);
  }
}

std::string IdFor(const Request& request, Service& service) {
  if (IsUsableCorrelationId(request.correlation_id)) return request.correlation_id;
  return MakeCorrelationId(service.clock.NowMicroseconds(), SystemRandom());
}

bool SaysItIsJson(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  std::string lower(type);
  std::ranges::transform(lower, lower.begin(), Lower);
  return lower == "application/json" || (lower.starts_with("application/") && lower.ends_with("+json"));
}

// Judges a body by the header, before it is read.
std::optional<Response> JudgeBody(const Request& request, const Call& call) {
  if (call.route->body == Body::kNone) return std::nullopt;
  if (call.route->body == Body::kJsonOrNone && (!request.has_length || request.content_length == 0)) return std::nullopt;
  if (!request.has_length)
    return Problem(411, "length_required", "The body needs a Content-Length or a chunked Transfer-Encoding.", call.path);
  const bool streams = call.route->body == Body::kStream;
  const std::uint64_t bytes_max = streams ? kImportBytesMax : kJsonBodyBytesMax;
  if (request.content_length > bytes_max) return TooLarge(bytes_max, call.path);
  if (streams) return std::nullopt;
  const bool json = request.content_type.empty() || SaysItIsJson(request.content_type);
  if (json && (request.content_encoding.empty() || EqualsIgnoringCase(request.content_encoding, "identity")))
    return std::nullopt;
  return Problem(415, "unsupported_media_type", "The body must be application/json without a Content-Encoding.", call.path);
}

std::optional<Response> WhileSwitching(const Call& call, const Service& service) {
  if (call.route->switching == Switching::kServed || !service.engine.switching()) return std::nullopt;
  return StoreIsSwitching(call.path);
}

std::optional<Response> Judge(const Request& request, const Match& match, const Call& call, const Service& service) {
  if (call.route == nullptr && match.allow.empty()) return NotFound("There is no such path.", call.path);
  if (call.route == nullptr) {
    Response response = Problem(405, "method_not_allowed", "The path does not support this method.", call.path);
    response.headers.push_back({"Allow", match.allow});
    return response;
  }
  if (call.route->access == Access::kAdmin && !call.is_admin()) return Forbidden(call.path);
  if (auto refusal = JudgeBody(request, call)) return refusal;
  return WhileSwitching(call, service);
}

}  // namespace

Response TooLarge(std::uint64_t bytes_max, std::string_view path) {
  return Problem(413, "too_large", "The body may have at most " + std::to_string(bytes_max) + " bytes.", path);
}

Admission AdmissionOfStranger(const Request& request, Service& service) {
  Admission admission;
  admission.correlation_id = IdFor(request, service);
  admission.rate = service.failure_rates.Look(AddressKey(request.peer), service.now()).figures;
  return admission;
}

Admission Admit(const Request& request, Service& service) {
  Admission admission;
  admission.head_only = request.method == "HEAD";
  admission.correlation_id = IdFor(request, service);
  Call& call = admission.call;
  call.request = &request;
  Match match;
  auto target = ParseTarget(request.target);
  if (target) {
    call.path = std::move(target->path);
    call.query = std::move(target->query);
    match = FindRoute(request.method, call.path);
    call.route = match.route;
    call.parameters = std::move(match.parameters);
  }
  Identify(request, service, admission);
  if (admission.rate.limit_hour == 0)
    admission.rate = service.failure_rates.Look(AddressKey(request.peer), service.now()).figures;
  if (admission.refusal) return admission;
  if (target) {
    admission.refusal = Judge(request, match, call, service);
  } else {
    admission.refusal = Problem(400, "bad_request", "The request target is not a valid URL.", "");
  }
  return admission;
}

Response Answer(const Admission& admission, Service& service) {
  const Call& call = admission.call;
  // Checked again: a restore may have begun to switch the store while the body was read.
  if (auto refusal = WhileSwitching(call, service)) return *std::move(refusal);
  try {
    return call.route->handler(call, service);
  } catch (const std::bad_alloc&) {
    return ProblemForNow(503, "unavailable", "There is not enough memory for this call right now.", call.path, 1);
  } catch (const std::exception& failure) {
    service.Log(admission.correlation_id + " " + call.path + ": " + failure.what());
    return Problem(500, "internal", "The server failed.", call.path);
  }
}

Response Finished(Response response, const Admission& admission, Service& service) {
  constexpr int kHundred = 100;
  service.responses[static_cast<std::size_t>(response.status / kHundred)].fetch_add(1, std::memory_order_relaxed);
  response.correlation_id = admission.correlation_id;
  response.rate = admission.rate;
  response.head_only = admission.head_only;
  return response;
}

Response Handle(const Request& request, Service& service) {
  Admission admission = Admit(request, service);
  if (admission.refusal) return Finished(*std::move(admission.refusal), admission, service);
  if (admission.call.route->body == Body::kStream) {
    admission.call.stream = std::make_shared<BodyPipe>();
    admission.call.stream->Write(request.body);
    admission.call.stream->End();
  }
  return Finished(Answer(admission, service), admission, service);
}

}  // namespace coffer::http
