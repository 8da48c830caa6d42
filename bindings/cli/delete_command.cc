// `coffer delete`: by ids or by a selection.
#include <unistd.h>

#include <iostream>

#include "coffer/limits.h"
#include "delete_request.h"
#include "message_place.h"
#include "output.h"
#include "session.h"
#include "waiting.h"

namespace coffer::cli {
namespace {

// Always names the id.
std::string ErrorText(const BulkDeleteError& error) {
  const std::string message(error.status.message());
  return message.find(error.id) != std::string::npos ? message : error.id + ": " + message;
}

JsonObject ToJson(const BulkDeleteReport& report, bool dry_run) {
  JsonObject errors = JsonObject::array();
  for (const BulkDeleteError& error : report.errors) errors.push_back(ErrorText(error));
  JsonObject answer = {{"total_requested", report.requested},
                       {"successful_deletions", report.deleted},
                       {"failed_deletions", report.errors.size()},
                       {"errors", std::move(errors)}};
  if (dry_run) answer.update({{"dry_run", true}, {"sample", report.sample}});
  return answer;
}

void PrintWords(const BulkDeleteReport& report, bool dry_run) {
  for (const BulkDeleteError& error : report.errors) PrintMessage(ErrorText(error));
  PrintLine((dry_run ? "would delete " : "deleted ") + Grouped(report.deleted) + " of " + Grouped(report.requested));
  if (!dry_run) return;
  for (const std::string& id : report.sample) PrintLine("  " + id);
}

ExitStatus Answer(const BulkDeleteReport& report, bool dry_run, bool json) {
  json ? PrintLine(ToText(ToJson(report, dry_run))) : PrintWords(report, dry_run);
  if (report.errors.empty()) return ExitStatus::kDone;
  if (report.deleted > 0) return ExitStatus::kPartial;
  for (const BulkDeleteError& error : report.errors) {
    if (error.status.code() != StatusCode::kNotFound) return ExitStatus::kPartial;
  }
  return ExitStatus::kNotFound;
}

Status DeleteOneMessage(Engine& engine, const std::string& name, bool dry_run) {
  const auto place = ParseMessagePlace(name);
  if (!place.ok()) return place.status();
  if (!dry_run) return engine.DeleteMessage(place->conversation_id, place->sequence_number);
  const auto message = engine.GetMessageJson(place->conversation_id, place->sequence_number);
  return message.ok() ? Status::Ok() : message.status();
}

Result<BulkDeleteReport> DeleteMessages(Engine& engine, const std::vector<std::string>& names, bool dry_run) {
  constexpr std::size_t kSampleMax = 10;
  BulkDeleteReport report;
  for (const std::string& name : names) {
    ++report.requested;
    Status status = DeleteOneMessage(engine, name, dry_run);
    if (!status.ok()) {
      report.errors.push_back({name, std::move(status)});
      continue;
    }
    ++report.deleted;
    if (report.sample.size() < kSampleMax) report.sample.push_back(name);
  }
  return report;
}

Result<BulkDeleteReport> Apply(Engine& engine, const DeleteRequest& request, bool dry_run) {
  BulkDeleteOptions options;
  options.owner = request.owner;
  options.dry_run = dry_run;
  if (request.selection) {
    // The owner is part of the selection: records of other owners are not selected, instead of failing one by one.
    Selection selection = *request.selection;
    selection.kind = request.kind;
    selection.owner = request.owner;
    if (dry_run) return engine.BulkDelete(selection, options);
    return Await(StartBulkDelete(engine, selection, options), "deleting");
  }
  if (request.kind == Kind::kMessage) return DeleteMessages(engine, request.ids, dry_run);
  if (dry_run || request.ids.size() <= kDeleteInlineRecordsMax) return engine.BulkDelete(request.kind, request.ids, options);
  return Await(StartBulkDelete(engine, request.kind, request.ids, options), "deleting");
}

bool Confirmed(const DeleteRequest& request, std::uint64_t records) {
  std::cerr << "Delete " << Grouped(records) << " records of kind " << KindName(request.kind) << "? [y/N] ";
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

ExitStatus Delete(Engine& engine, const DeleteRequest& request, bool json) {
  if (request.ask && !request.dry_run) {
    const auto plan = Apply(engine, request, /*dry_run=*/true);
    if (!plan.ok()) return Fail(plan.status(), json);
    if (plan->deleted > 0 && !Confirmed(request, plan->deleted)) {
      return Fail(Status::Cancelled("nothing was deleted"), json);
    }
  }
  const auto report = Apply(engine, request, request.dry_run);
  if (!report.ok()) return Fail(report.status(), json);
  return Answer(*report, request.dry_run, json);
}

struct DeleteWords {
  DeleteRequest request;
  std::string ids_file;
  std::string where;
  bool yes = false;
};

ExitStatus ReadIdsAndDelete(const Session& session, DeleteWords& words) {
  if (!words.ids_file.empty()) {
    auto ids = ReadIdsFile(words.ids_file);
    if (!ids.ok()) return Fail(ids.status(), session.json);
    for (std::string& id : *ids) words.request.ids.push_back(std::move(id));
  }
  const Access access = words.request.dry_run ? Access::kReads : Access::kWrites;
  return WithEngine(session, access, [&](Engine& engine) { return Delete(engine, words.request, session.json); });
}

// Checks how the options fit together, before anything is opened.
void Check(DeleteWords& words) {
  DeleteRequest& request = words.request;
  const bool by_ids = !request.ids.empty() || !words.ids_file.empty();
  const bool by_selection = !words.where.empty() || (!by_ids && !request.owner.empty());
  if (by_ids && by_selection) throw CLI::ValidationError("--where", "cannot be combined with ids: give ids or a selection");
  if (!by_ids && !by_selection) throw CLI::ValidationError("ID", "give ids, --ids-file, --where or --owner");
  if (request.kind == Kind::kMessage && (by_selection || !request.owner.empty())) {
    throw CLI::ValidationError("KIND", "messages can only be deleted by CONVERSATION/SEQUENCE");
  }
  if (by_selection) {
    auto selection = ParseWhere(words.where.empty() ? "{}" : words.where);
    if (!selection.ok()) throw CLI::ValidationError("--where", std::string(selection.status().message()));
    request.selection = std::move(*selection);
  }
  request.ids = SplitIds(request.ids);
  const bool terminal = isatty(STDIN_FILENO) == 1;
  request.ask = terminal && !words.yes;
  if (by_selection && !terminal && !words.yes && !request.dry_run) {
    throw CLI::RequiredError("--yes (a selection is deleted without confirmation)");
  }
}

}  // namespace

void AddDeleteCommand(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("delete", "Delete records and everything that belongs to them");
  auto words = std::make_shared<DeleteWords>();
  DeleteRequest& request = words->request;
  AddKind(*command, "KIND", request.kind, {Kind::kConversation, Kind::kDocument, Kind::kPrompt, Kind::kMessage},
          "conversation, document, prompt or message")
      ->required();
  command->add_option("ID", request.ids, "Ids, as words or as a,b,c (use --ids-file for an id that contains a comma)");
  command->add_option("--ids-file", words->ids_file, "A file with one id per line; - is standard input")->type_name("F");
  command->add_option("--owner", request.owner, "Only records of this owner")->type_name("ID");
  command
      ->add_option("--where", words->where,
                   "A selection: {\"created_before\",\"created_after\",\"status\",\"limit\"}, all optional")
      ->type_name("JSON");
  command->add_flag("--dry-run", request.dry_run, "Print what would be deleted; delete nothing");
  command->add_flag("--yes", words->yes, "Do not ask for confirmation");
  command->callback([words, &session] {
    Check(*words);
    session.run = [words, &session] { return ReadIdsAndDelete(session, *words); };
  });
}

}  // namespace coffer::cli
