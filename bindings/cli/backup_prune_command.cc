// `coffer backup prune`.
#include "backup_commands.h"
#include "output.h"
#include "waiting.h"

namespace coffer::cli {
namespace {

JsonObject ToJson(const std::vector<RetentionDecision>& decisions) {
  JsonObject list = JsonObject::array();
  for (const RetentionDecision& decision : decisions) list.push_back({{"id", decision.id}, {"reasons", decision.reasons}});
  return list;
}

JsonObject ToJson(const PruneReport& report, bool plan) {
  return {{"plan", plan},
          {"keep", ToJson(report.keep)},
          {"drop", ToJson(report.drop)},
          {"purged", report.purged},
          {"freed_bytes", report.freed_bytes},
          {"clock_jumped", report.clock_jumped}};
}

void PrintDecision(const std::string& word, const RetentionDecision& decision) {
  std::string line = word + "  " + decision.id;
  for (std::size_t i = 0; i < decision.reasons.size(); ++i) line += (i == 0 ? "  " : "; ") + decision.reasons[i];
  PrintLine(line);
}

void PrintWords(const PruneReport& report, bool plan) {
  for (const RetentionDecision& decision : report.keep) PrintDecision("keep", decision);
  for (const RetentionDecision& decision : report.drop) PrintDecision("drop", decision);
  for (const std::string& id : report.purged) PrintLine("purge " + id);
  PrintLine((plan ? "would move " : "moved ") + Grouped(report.drop.size()) + " backups to the trash, " +
            (plan ? "purge " : "purged ") + Grouped(report.purged.size()) + " from it, " + (plan ? "free " : "freed ") +
            Bytes(report.freed_bytes));
}

ExitStatus Prune(Engine& engine, const PruneOptions& options, bool json) {
  const auto report = Await(StartPrune(engine, options), "pruning");
  if (!report.ok()) return Fail(report.status(), json);
  if (report->clock_jumped) PrintMessage("the clock has jumped: nothing is dropped unless --as-of gives the time");
  json ? PrintLine(ToText(ToJson(*report, options.plan))) : PrintWords(*report, options.plan);
  return ExitStatus::kDone;
}

void AddKeep(CLI::App& command, const std::string& name, std::uint32_t& count, const std::string& description) {
  command.add_option(name, count, description)->check(CLI::Range(0U, 1'000'000U))->type_name("N");
}

}  // namespace

void AddBackupPrune(CLI::App& group, Session& session) {
  CLI::App* command = group.add_subcommand(
      "prune", "Move expired backups that no rule keeps to the trash, and purge old backups from the trash");
  auto options = std::make_shared<PruneOptions>();
  command->add_flag("--plan", options->plan, "Print which backups would be kept and dropped, and why; drop nothing");
  AddTime(*command, "--as-of", options->as_of, "Decide as of this time instead of the clock's time");
  AddKeep(*command, "--keep-last", options->policy.keep_last, "Keep the N newest backups, expired or not");
  AddKeep(*command, "--keep-daily", options->policy.keep_daily,
          "Keep the newest backup of each of the last N days (UTC) that have one");
  AddKeep(*command, "--keep-weekly", options->policy.keep_weekly, "The same for N weeks, which begin on Monday");
  AddKeep(*command, "--keep-monthly", options->policy.keep_monthly, "The same for N months");
  command->callback([options, &session] {
    session.run = [options, &session] {
      const Access access = options->plan ? Access::kReads : Access::kWrites;
      return WithEngine(session, access, [&](Engine& engine) { return Prune(engine, *options, session.json); });
    };
  });
}

}  // namespace coffer::cli
