// `coffer backup verify`.
#include "backup_commands.h"
#include "output.h"
#include "waiting.h"

namespace coffer::cli {
namespace {

struct VerifyRequest {
  std::string id;
  VerifyOptions options;
};

JsonObject ToJson(const VerifyReport& report) {
  JsonObject findings = JsonObject::array();
  for (const VerifyFinding& finding : report.findings) {
    findings.push_back({{"object", finding.object},
                        {"problem", finding.problem},
                        {"backups", finding.backups},
                        {"owners", finding.owners},
                        {"next", finding.next}});
  }
  return {{"backup_id", report.backup_id},
          {"level", report.level},
          {"ok", report.ok},
          {"depth", VerifyDepthName(report.depth)},
          {"objects", report.objects},
          {"bytes", report.bytes},
          {"values", report.values},
          {"findings", std::move(findings)},
          {"findings_total", report.findings_total},
          {"restore_ms", report.restore_ms},
          {"started_at", FormatTimestamp(report.started_at)},
          {"completed_at", FormatTimestamp(report.completed_at)}};
}

void PrintWords(const VerifyReport& report) {
  for (const VerifyFinding& finding : report.findings) {
    PrintMessage(finding.object + ": " + finding.problem);
    PrintMessage("  next: " + finding.next);
  }
  std::string line = (report.ok ? "ok" : Grouped(report.findings_total) + " findings") + std::string(" at level ") +
                     std::to_string(report.level) + " (" + std::string(VerifyDepthName(report.depth)) +
                     "): " + Grouped(report.objects) + " objects, " + Bytes(report.bytes) + " read";
  if (report.values > 0) line += ", " + Grouped(report.values) + " values";
  if (report.restore_ms > 0) line += ", restored in " + Grouped(report.restore_ms) + " ms";
  PrintLine(line);
}

ExitStatus Verify(Engine& engine, const VerifyRequest& request, bool json) {
  const auto report = Await(StartVerifyBackup(engine, request.id, request.options), "verifying");
  if (!report.ok()) return Fail(report.status(), json);
  json ? PrintLine(ToText(ToJson(*report))) : PrintWords(*report);
  return report->ok ? ExitStatus::kDone : ExitStatus::kCorruption;
}

}  // namespace

void AddBackupVerify(CLI::App& group, Session& session) {
  CLI::App* command = group.add_subcommand("verify", "Check a backup at the given level");
  auto request = std::make_shared<VerifyRequest>();
  command->add_option("ID", request->id, "The backup's id, or latest")->required();
  command
      ->add_option(
          "--level", request->options.level,
          "0: read the manifest; 1: find every object; 2 (default): read every object and compare its digests; 3: open the "
          "backup in place and read every value; 4: recount the records; 5: restore into a scratch folder. Each level "
          "includes those below it")
      ->check(CLI::Range(0, kVerifyLevelMax));
  command
      ->add_option("--identity", request->options.identity_file,
                   "age identities for an encrypted backup (default: the store's own)")
      ->type_name("FILE");
  command->callback([request, &session] {
    session.run = [request, &session] {
      const Access access = request->options.level == kVerifyLevelMax ? Access::kWrites : Access::kReads;
      return WithEngine(session, access, [&](Engine& engine) { return Verify(engine, *request, session.json); });
    };
  });
}

}  // namespace coffer::cli
