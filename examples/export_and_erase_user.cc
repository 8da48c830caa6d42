// Two duties of a host under the GDPR: to give a person all data stored about them (articles 15 and 20), and to erase it on
// request (article 17).
#include <coffer/coffer.h>

#include <iostream>

namespace {

int Fail(const coffer::Status& status) {
  std::cerr << status.ToString() << '\n';
  return 1;
}

coffer::Status StoreSampleRecords(coffer::Engine& engine) {
  coffer::Conversation conversation;
  conversation.user_id = "anna";
  conversation.title = "A trip to Lisbon";
  coffer::Message message;
  message.content = "What should I see in two days?";
  const coffer::Message messages[] = {message};
  if (const auto id = engine.PutConversationWithMessages(conversation, messages); !id.ok()) return id.status();
  auto content = engine.NewContent();
  if (!content.ok()) return content.status();
  if (auto status = content->Append("a map of the city"); !status.ok()) return status;
  coffer::Document document;
  document.owner_id = "anna";
  document.filename = "map.txt";
  return engine.PutDocument(document, std::move(*content)).status();
}

}  // namespace

int main() {
  auto engine = coffer::Engine::Open("gdpr-data");
  if (!engine.ok()) return Fail(engine.status());
  if (auto status = StoreSampleRecords(**engine); !status.ok()) return Fail(status);
  if (const auto backup = coffer::RunBackup(**engine); !backup.ok()) return Fail(backup.status());

  coffer::ExportOptions options;
  options.scope = coffer::ExportScope::kUser;
  options.owner = "anna";
  options.compress = false;
  options.output = "anna.json";
  const auto report = coffer::RunExport(**engine, options);
  if (!report.ok()) return Fail(report.status());
  std::cout << report->path << ": " << report->conversations << " conversation, " << report->documents << " document\n";

  const auto started = coffer::StartEraseUser(**engine, "anna", {.principal = "data protection"});
  if (!started.ok()) return Fail(started.status());
  const auto erased = started->Finish();
  if (!erased.ok()) return Fail(erased.status());
  std::cout << "erased " << erased->conversations << " conversation and " << erased->documents << " document\n";
  // No restore brings the data back. Older backups hold its bytes until they expire; the host can tell the person when that is.
  for (const coffer::ErasureHolder& holder : erased->backups) {
    std::cout << "backup " << holder.backup_id << " holds it until " << coffer::FormatTimestamp(holder.expires_at) << '\n';
  }
  if (auto status = (*engine)->Close(); !status.ok()) return Fail(status);
  return erased->conversations == 1 && erased->backups.size() == 1 ? 0 : 1;
}
