// `coffer backup create|list|show`.
#include "coffer/backup.h"

#include <algorithm>

#include "output.h"
#include "session.h"
#include "waiting.h"

namespace coffer::cli {
namespace {

constexpr const char* kFull = "full";
constexpr const char* kCompleted = "completed";

struct CreateRequest {
  std::string type = kFull;
  BackupOptions options;
};

// `requested_type` is known where the backup was asked for just now.
JsonObject ToJson(const BackupInfo& backup, const JsonObject& requested_type) {
  JsonObject metadata = {{"requested_type", requested_type},
                         {"base_id", nullptr},
                         {"lineage", nullptr},
                         {"sequence", nullptr},
                         {"contents_included", true},
                         {"logs_included", false},
                         {"reason", backup.reason},
                         {"engine_version", backup.engine_version},
                         {"recipients", JsonObject::array()},
                         {"verified", nullptr}};
  return {{"id", backup.id},
          {"name", backup.name},
          {"description", TextOrNull(backup.description)},
          {"backup_type", kFull},
          {"status", kCompleted},
          {"file_size", backup.file_bytes},
          {"compressed_size", backup.file_bytes},
          {"record_count", backup.record_count},
          {"created_at", FormatTimestamp(backup.created_at)},
          {"completed_at", FormatTimestamp(backup.completed_at)},
          {"expires_at", FormatTimestamp(backup.expires_at)},
          {"encrypted", false},
          {"compressed", false},
          {"metadata", std::move(metadata)}};
}

std::string InWords(const BackupInfo& backup) {
  return backup.id + "  " + FormatTimestamp(backup.created_at) + "  full  " + Bytes(backup.file_bytes) + "  " +
         Grouped(backup.record_count) + " records  " + backup.name + (backup.reason == "safety" ? "  (safety)" : "");
}

ExitStatus Create(Engine& engine, const CreateRequest& request, bool json) {
  if (request.type != kFull) {
    PrintMessage("this version takes full backups only: the " + request.type + " one asked for becomes full");
  }
  const Result<BackupInfo> backup = Await(StartBackup(engine, request.options), "backing up");
  if (!backup.ok()) return Fail(backup.status(), json);
  PrintLine(json ? ToText(ToJson(*backup, request.type)) : InWords(*backup));
  return ExitStatus::kDone;
}

ExitStatus List(Engine& engine, const std::string& type, const std::string& status, bool json) {
  auto backups = ListBackups(engine);
  if (!backups.ok()) return Fail(backups.status(), json);
  // All backups of this version are full and completed ones.
  if ((!type.empty() && type != kFull) || (!status.empty() && status != kCompleted)) backups->clear();
  if (!json) {
    for (const BackupInfo& backup : *backups) PrintLine(InWords(backup));
    return ExitStatus::kDone;
  }
  JsonObject items = JsonObject::array();
  for (const BackupInfo& backup : *backups) items.push_back(ToJson(backup, nullptr));
  PrintLine(ToText({{"backups", std::move(items)}, {"total", backups->size()}}));
  return ExitStatus::kDone;
}

ExitStatus Show(Engine& engine, const std::string& id, bool json) {
  const auto backups = ListBackups(engine);
  if (!backups.ok()) return Fail(backups.status(), json);
  const auto found = std::ranges::find(*backups, id, &BackupInfo::id);
  if (found == backups->end()) return Fail(Status::NotFound("there is no backup " + id), json);
  PrintLine(json ? ToText(ToJson(*found, nullptr)) : InWords(*found));
  return ExitStatus::kDone;
}

void AddCreate(CLI::App& group, Session& session) {
  CLI::App* command = group.add_subcommand("create", "Take a full image of the store while writers go on");
  auto request = std::make_shared<CreateRequest>();
  command->add_option("--type", request->type, "full (default); incremental and differential become full, and it is said")
      ->check(ServedWords({"full", "incremental", "differential"}));
  command->add_option("--name", request->options.name, "A name to know it by");
  command->add_option("--description", request->options.description, "What it is for");
  command->add_option("--retention-days", request->options.retention_days, "When it expires (30)")->check(CLI::Range(1, 365));
  Refuse(*command, {"--encrypt", "--recipient"}, "this version does not encrypt backups");
  Refuse(*command, {"--compress"}, "this version stores the files of a backup as they are");
  Refuse(*command, {"--no-files"}, "this version always takes the contents of documents along");
  Refuse(*command, {"--logs"}, "this version has no log to take along");
  AcceptAsIs(*command, {"--no-encrypt", "--no-compress", "--files", "--no-logs"});
  command->callback([request, &session] {
    session.run = [request, &session] {
      return WithEngine(session, Access::kWrites, [&](Engine& engine) { return Create(engine, *request, session.json); });
    };
  });
}

void AddList(CLI::App& group, Session& session) {
  CLI::App* command = group.add_subcommand("list", "List backups, the newest first");
  auto type = std::make_shared<std::string>();
  auto status = std::make_shared<std::string>();
  command->add_option("--type", *type, "Only this type")->check(ServedWords({"full", "incremental", "differential"}));
  command->add_option("--status", *status, "Only those with this status");
  command->callback([type, status, &session] {
    session.run = [type, status, &session] {
      return WithEngine(session, Access::kReads, [&](Engine& engine) { return List(engine, *type, *status, session.json); });
    };
  });
}

void AddShow(CLI::App& group, Session& session) {
  CLI::App* command = group.add_subcommand("show", "Show one backup");
  auto id = std::make_shared<std::string>();
  command->add_option("ID", *id, "The backup's id")->required();
  command->callback([id, &session] {
    session.run = [id, &session] {
      return WithEngine(session, Access::kReads, [&](Engine& engine) { return Show(engine, *id, session.json); });
    };
  });
}

}  // namespace

void AddBackupCommands(CLI::App& app, Session& session) {
  CLI::App* group = app.add_subcommand("backup", "Take, list and show backups");
  group->require_subcommand(1);
  AddCreate(*group, session);
  AddList(*group, session);
  AddShow(*group, session);
}

}  // namespace coffer::cli
