#include "http/calls/routes.h"

#include <array>
#include <optional>

#include "http/calls/handlers.h"

namespace coffer::http {
namespace {

constexpr std::array kRoutes = {
    Route{"GET", "/api/v1/data/stats", Access::kAdmin, Runs::kShared, Body::kNone, ShowStatistics},
    Route{"POST", "/api/v1/data/bulk/delete-conversations", Access::kUser, Runs::kBlocking, Body::kJson, DeleteConversations},
    Route{"POST", "/api/v1/data/bulk/delete-documents", Access::kUser, Runs::kBlocking, Body::kJson, DeleteDocuments},
    Route{"POST", "/api/v1/data/bulk/delete-prompts", Access::kUser, Runs::kBlocking, Body::kJson, DeletePrompts},
    Route{"POST", "/api/v1/data/bulk/delete-filtered", Access::kUser, Runs::kBlocking, Body::kJson, DeleteFiltered},
    Route{"POST", "/api/v1/data/bulk/preview", Access::kUser, Runs::kBlocking, Body::kJson, PreviewDelete},
    Route{"POST", "/api/v1/data/backup", Access::kAdmin, Runs::kBlocking, Body::kJson, StartBackupOf},
    Route{"GET", "/api/v1/data/backups", Access::kAdmin, Runs::kBlocking, Body::kNone, ListAllBackups},
    Route{"GET", "/api/v1/data/backups/{id}", Access::kAdmin, Runs::kBlocking, Body::kNone, ShowBackup},
    Route{"DELETE", "/api/v1/data/backups/{id}", Access::kAdmin, Runs::kBlocking, Body::kNone, DeleteOneBackup},
    Route{"POST", "/api/v1/data/backups/{id}/verify", Access::kAdmin, Runs::kBlocking, Body::kJsonOrNone, StartVerifyOf},
    Route{"GET", "/api/v1/data/backups/{id}/download", Access::kAdmin, Runs::kBlocking, Body::kNone, DownloadBackup},
    Route{"POST", "/api/v1/data/restore", Access::kAdmin, Runs::kBlocking, Body::kJson, StartRestoreOf},
    Route{"GET", "/api/v1/data/restores/{id}", Access::kAdmin, Runs::kBlocking, Body::kNone, ShowRestore, true,
          Switching::kServed},
    Route{"POST", "/api/v1/data/export", Access::kUser, Runs::kBlocking, Body::kJson, StartExportOf},
    Route{"GET", "/api/v1/data/exports", Access::kUser, Runs::kBlocking, Body::kNone, ListAllExports},
    Route{"GET", "/api/v1/data/exports/{id}", Access::kUser, Runs::kBlocking, Body::kNone, ShowExport},
    Route{"GET", "/api/v1/data/exports/{id}/download", Access::kUserOrLink, Runs::kBlocking, Body::kNone, DownloadExport},
    Route{"GET", "/api/v1/data/operations", Access::kUser, Runs::kBlocking, Body::kNone, ListAllOperations, true,
          Switching::kServed},
    Route{"GET", "/api/v1/data/operations/{id}", Access::kUser, Runs::kBlocking, Body::kNone, ShowOperation, true,
          Switching::kServed},
    Route{"POST", "/api/v1/data/operations/{id}/cancel", Access::kUser, Runs::kBlocking, Body::kNone, CancelOne, true,
          Switching::kServed},
    Route{"GET", "/api/v1/data/operations/{id}/events", Access::kUser, Runs::kBlocking, Body::kNone, ListenToOperation, true,
          Switching::kServed},
    Route{"POST", "/api/v1/data/import", Access::kAdmin, Runs::kBlocking, Body::kStream, StartImportOf},
    Route{"GET", "/healthz", Access::kAnybody, Runs::kHere, Body::kNone, ShowHealth, false, Switching::kServed},
    Route{"GET", "/readyz", Access::kAnybody, Runs::kShared, Body::kNone, ShowReadiness, false},
    Route{"GET", "/metrics", Access::kAdmin, Runs::kShared, Body::kNone, ShowMetrics, false},
    Route{"GET", "/openapi.json", Access::kAnybody, Runs::kHere, Body::kNone, ShowOpenApi, false, Switching::kServed},
};

std::string_view TakeSegment(std::string_view& rest) {
  rest.remove_prefix(1);  // the slash
  const std::string_view segment = rest.substr(0, rest.find('/'));
  rest.remove_prefix(segment.size());
  return segment;
}

// The values of the parameters of `pattern` in `path`; nullopt: the path does not match.
std::optional<std::vector<std::string>> Fit(std::string_view pattern, std::string_view path) {
  std::vector<std::string> parameters;
  while (!pattern.empty() && !path.empty()) {
    const std::string_view expected = TakeSegment(pattern);
    const std::string_view given = TakeSegment(path);
    if (!expected.starts_with('{')) {
      if (expected != given) return std::nullopt;
      continue;
    }
    auto decoded = DecodeSegment(given);
    if (!decoded || decoded->empty()) return std::nullopt;
    parameters.push_back(*std::move(decoded));
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return parameters;
}

}  // namespace

std::span<const Route> AllRoutes() { return kRoutes; }

Match FindRoute(std::string_view method, std::string_view path) {
  Match match;
  for (const Route& route : kRoutes) {
    auto parameters = Fit(route.pattern, path);
    if (!parameters) continue;
    if (method == route.method || (method == "HEAD" && route.method == "GET")) {
      match.route = &route;
      match.parameters = *std::move(parameters);
      return match;
    }
    match.allow.append(match.allow.empty() ? "" : ", ").append(route.method == "GET" ? "GET, HEAD" : route.method);
  }
  return match;
}

}  // namespace coffer::http
