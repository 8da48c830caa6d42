// `coffer stats`, `coffer verify` and `coffer reclaim`.
#include <algorithm>

#include "json/statistics_response.h"
#include "output.h"
#include "session.h"

namespace coffer::cli {
namespace {

std::uint64_t CountOf(const std::map<std::string, std::uint64_t>& counts, const std::string& name) {
  const auto found = counts.find(name);
  return found == counts.end() ? 0 : found->second;
}

void PrintRow(std::string name, const std::string& value) {
  constexpr std::size_t kNameWidth = 16;
  constexpr std::size_t kValueWidth = 14;
  name.resize(std::max(name.size() + 1, kNameWidth), ' ');
  PrintLine(name + std::string(value.size() < kValueWidth ? kValueWidth - value.size() : 0, ' ') + value);
}

void PrintWords(const StorageStatistics& statistics) {
  for (const Kind kind : {Kind::kConversation, Kind::kMessage, Kind::kDocument, Kind::kPrompt}) {
    const std::string name(KindNamePlural(kind));
    PrintRow(name, Grouped(CountOf(statistics.records_by_kind, name)));
  }
  PrintRow("with content", Grouped(statistics.total_contents));
  PrintRow("owners", Grouped(statistics.logical_bytes_by_owner.size()));
  PrintLine("on disk");
  PrintRow("  database", Bytes(statistics.database_bytes));
  PrintRow("  contents", Bytes(statistics.contents_bytes));
  PrintRow("  backups", Bytes(statistics.backups_bytes) + " in " + Grouped(statistics.total_backups));
  PrintRow("  exports", Bytes(statistics.exports_bytes));
  PrintRow("  total", Bytes(statistics.total_bytes));
  if (statistics.growth_bytes_per_day > 0) {
    PrintRow("growth a day", Bytes(static_cast<std::uint64_t>(statistics.growth_bytes_per_day)));
    PrintRow("in 30 days", Bytes(statistics.projected_bytes_30_days));
  }
}

ExitStatus Statistics(Engine& engine, bool json) {
  const auto statistics = engine.Statistics();
  if (!statistics.ok()) return Fail(statistics.status(), json);
  json ? PrintLine(ToText(json::StorageStatsResponse(*statistics))) : PrintWords(*statistics);
  return ExitStatus::kDone;
}

JsonObject ToJson(const IntegrityReport& report) {
  JsonObject counts;
  for (const Kind kind : {Kind::kConversation, Kind::kMessage, Kind::kDocument, Kind::kPrompt, Kind::kContent}) {
    const std::string name(KindNamePlural(kind));
    counts[name] = CountOf(report.counts, name);
  }
  JsonObject findings = JsonObject::array();
  for (const IntegrityFinding& finding : report.findings) {
    findings.push_back({{"object", finding.object}, {"problem", finding.problem}});
  }
  return {{"ok", report.ok},
          {"counts", std::move(counts)},
          {"findings", std::move(findings)},
          {"findings_total", report.findings_total}};
}

ExitStatus Verify(Engine& engine, bool json) {
  const auto report = engine.CheckIntegrity();
  if (!report.ok()) return Fail(report.status(), json);
  if (json) {
    PrintLine(ToText(ToJson(*report)));
  } else {
    for (const auto& [name, count] : report->counts) PrintRow(name, Grouped(count));
    for (const IntegrityFinding& finding : report->findings) PrintMessage(finding.object + ": " + finding.problem);
    PrintLine(report->ok ? "ok: records, index rows, contents and counters agree"
                         : Grouped(report->findings_total) + " findings");
  }
  return report->ok ? ExitStatus::kDone : ExitStatus::kCorruption;
}

ExitStatus Reclaim(Engine& engine, bool json) {
  const auto report = engine.Reclaim();
  if (!report.ok()) return Fail(report.status(), json);
  if (json) {
    PrintLine(ToText({{"bytes_before", report->bytes_before}, {"bytes_after", report->bytes_after}}));
  } else {
    PrintLine("on disk: " + Bytes(report->bytes_before) + " before, " + Bytes(report->bytes_after) + " after");
  }
  return ExitStatus::kDone;
}

void AddCommand(CLI::App& app, Session& session, const std::string& name, const std::string& description, Access access,
                ExitStatus (*work)(Engine&, bool)) {
  app.add_subcommand(name, description)->callback([&session, access, work] {
    session.run = [&session, access, work] {
      return WithEngine(session, access, [&](Engine& engine) { return work(engine, session.json); });
    };
  });
}

}  // namespace

void AddStatisticsCommands(CLI::App& app, Session& session) {
  AddCommand(app, session, "stats", "Print how much is stored", Access::kReads, &Statistics);
  AddCommand(app, session, "verify", "Check the store: read everything, recount and compare", Access::kReads, &Verify);
  AddCommand(app, session, "reclaim", "Free the disk space of deleted records", Access::kWrites, &Reclaim);
}

}  // namespace coffer::cli
