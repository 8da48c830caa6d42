// `coffer erase user ID` and `coffer erase KIND ID…`.
#include "coffer/erase.h"

#include <unistd.h>

#include <iostream>
#include <optional>

#include "delete_request.h"
#include "key_note.h"
#include "output.h"
#include "session.h"
#include "waiting.h"

namespace coffer::cli {
namespace {

constexpr const char* kUser = "user";

struct EraseRequest {
  std::optional<Kind> kind;  // nullopt: everything of one user
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
  if (report.exports_removed > 0) PrintLine("removed " + Grouped(report.exports_removed) + " exports that may contain them");
  for (const ErasureHolder& holder : report.backups) {
    PrintLine("backup " + holder.backup_id + " may contain them at least until " + FormatTimestamp(holder.expires_at) +
              "; a restore leaves them out");
  }
  PrintLine("receipt " + report.erase_id);
}

bool Confirmed(const EraseRequest& request) {
  std::cerr << "Erase "
            << (request.kind ? Grouped(request.ids.size()) + " records of kind " + std::string(KindName(*request.kind))
                             : "everything of user " + request.ids.front())
            << "? No backup can restore it. [y/N] ";
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

ExitStatus Erase(Engine& engine, const EraseRequest& request, bool json) {
  if (!request.yes && !Confirmed(request)) return Fail(Status::Cancelled("nothing was erased"), json);
  const KeyNote key_note(engine);
  const Result<EraseReport> report = Await(
      request.kind ? StartErase(engine, *request.kind, request.ids) : StartEraseUser(engine, request.ids.front()), "erasing");
  if (!report.ok()) return Fail(report.status(), json);
  json ? PrintLine(ToText(ToJson(*report))) : PrintWords(*report);
  return ExitStatus::kDone;
}

}  // namespace

void AddEraseCommand(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("erase", "Erase records permanently: from all files of the store, and from every later restore");
  auto request = std::make_shared<EraseRequest>();
  std::vector<std::string_view> words = KindWords({Kind::kConversation, Kind::kDocument, Kind::kPrompt});
  words.insert(words.begin(), kUser);
  command
      ->add_option_function<std::string>(
          "KIND", [request](const std::string& word) { request->kind = ParseKind(word); },
          "user (everything that the user owns), conversation, document or prompt")
      ->required()
      ->check(ServedWords(words));
  command->add_option("ID", request->ids, "The id of the user, or ids of records, as words or as a,b,c")->required();
  command->add_flag("--yes", request->yes, "Do not ask for confirmation");
  command->callback([request, &session] {
    if (!request->kind && request->ids.size() != 1) throw CLI::ValidationError("ID", "one user at a time");
    if (request->kind) request->ids = SplitIds(request->ids);
    if (!request->yes && isatty(STDIN_FILENO) != 1)
      throw CLI::RequiredError("--yes (stdin is not a terminal, so the command cannot ask)");
    session.run = [request, &session] {
      return WithEngine(session, Access::kWrites, [&](Engine& engine) { return Erase(engine, *request, session.json); });
    };
  });
}

}  // namespace coffer::cli
