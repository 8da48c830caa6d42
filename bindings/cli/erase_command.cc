// `coffer erase user ID` and `coffer erase KIND ID…`.
#include "coffer/erase.h"

#include <unistd.h>

#include <iostream>

#include "delete_request.h"
#include "key_note.h"
#include "output.h"
#include "session.h"
#include "waiting.h"

namespace coffer::cli {
namespace {

constexpr const char* kUser = "user";

struct EraseRequest {
  std::string kind;
  std::vector<std::string> ids;
  bool yes = false;
};

JsonObject ToJson(const EraseReport& report) {
  JsonObject backups = JsonObject::array();
  for (const ErasureHolder& holder : report.backups) {
    backups.push_back({{"backup_id", holder.backup_id}, {"expires_at", FormatTimestamp(holder.expires_at)}});
  }
  return {{"erase_id", report.erase_id},
          {"status", "completed"},
          {"erased",
           {{"conversations", report.conversations},
            {"messages", report.messages},
            {"documents", report.documents},
            {"prompts", report.prompts},
            {"contents", report.contents}}},
          {"exports_removed", report.exports_removed},
          {"backups", std::move(backups)},
          {"started_at", FormatTimestamp(report.started_at)},
          {"completed_at", FormatTimestamp(report.completed_at)}};
}

void PrintWords(const EraseReport& report) {
  PrintLine("erased " + Grouped(report.conversations) + " conversations, " + Grouped(report.messages) + " messages, " +
            Grouped(report.documents) + " documents (" + Grouped(report.contents) + " with content), " +
            Grouped(report.prompts) + " prompts");
  if (report.exports_removed > 0) PrintLine("removed " + Grouped(report.exports_removed) + " exports, which might hold them");
  for (const ErasureHolder& holder : report.backups) {
    PrintLine("backup " + holder.backup_id + " may hold them at least until " + FormatTimestamp(holder.expires_at) +
              "; a restore leaves them out");
  }
  PrintLine("receipt " + report.erase_id);
}

bool Confirmed(const EraseRequest& request) {
  std::cerr << "Erase "
            << (request.kind == kUser ? "all that user " + request.ids.front() + " owns"
                                      : Grouped(request.ids.size()) + " records of kind " + request.kind)
            << "? No backup brings it back. [y/N] ";
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

ExitStatus Erase(Engine& engine, const EraseRequest& request, bool json) {
  if (!request.yes && !Confirmed(request)) return Fail(Status::Cancelled("nothing was erased"), json);
  const KeyNote key_note(engine);
  const Result<EraseReport> report = Await(request.kind == kUser ? StartEraseUser(engine, request.ids.front())
                                                                 : StartErase(engine, *ParseKind(request.kind), request.ids),
                                           "erasing");
  if (!report.ok()) return Fail(report.status(), json);
  json ? PrintLine(ToText(ToJson(*report))) : PrintWords(*report);
  return ExitStatus::kDone;
}

}  // namespace

void AddEraseCommand(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("erase", "Make records leave for good: no file keeps them, no restore brings them back");
  auto request = std::make_shared<EraseRequest>();
  command->add_option("KIND", request->kind, "user: all that one owns; or conversation, document, prompt")
      ->required()
      ->check(ServedWords({kUser, "conversation", "document", "prompt", "conversations", "documents", "prompts"}));
  command->add_option("ID", request->ids, "The user's id; or ids of records, as words or as a,b,c")->required();
  command->add_flag("--yes", request->yes, "Do not ask");
  command->callback([request, &session] {
    if (request->kind == kUser && request->ids.size() != 1) throw CLI::ValidationError("ID", "one user at a time");
    if (request->kind != kUser) request->ids = SplitIds(request->ids);
    if (!request->yes && isatty(STDIN_FILENO) != 1) throw CLI::RequiredError("--yes (nobody can be asked)");
    session.run = [request, &session] {
      return WithEngine(session, Access::kWrites, [&](Engine& engine) { return Erase(engine, *request, session.json); });
    };
  });
}

}  // namespace coffer::cli
