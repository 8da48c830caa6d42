// Backs up a store, deletes a record, reads it from the backup, and restores it.
#include <coffer/coffer.h>

#include <iostream>
#include <string>

namespace {

int Fail(const coffer::Status& status) {
  std::cerr << status.ToString() << '\n';
  return 1;
}

}  // namespace

int main() {
  auto engine = coffer::Engine::Open("backup-data");
  if (!engine.ok()) return Fail(engine.status());
  coffer::Prompt prompt;
  prompt.id = "summary";
  prompt.owner_id = "anna";
  prompt.name = "Sum up";
  prompt.content = "Sum up: {text}";
  if (const auto id = (*engine)->PutPrompt(prompt); !id.ok()) return Fail(id.status());

  // The backup is encrypted to a key that is created now: copy backup-data/keys/identity.txt elsewhere.
  const auto backup = coffer::RunBackup(**engine, {.name = "before the accident"});
  if (!backup.ok()) return Fail(backup.status());
  const auto check = coffer::RunVerifyBackup(**engine, backup->id, {.level = 4});
  if (!check.ok()) return Fail(check.status());
  std::cout << "backup " << backup->id << (check->ok ? " is sound\n" : " is damaged\n");

  if (auto status = (*engine)->Delete(coffer::Kind::kPrompt, "summary"); !status.ok()) return Fail(status);
  {
    auto past = coffer::OpenBackup(**engine, backup->id);
    if (!past.ok()) return Fail(past.status());
    const auto kept = (*past)->GetPromptJson("summary");
    if (!kept.ok()) return Fail(kept.status());
    std::cout << "in the backup: " << *kept << '\n';
  }

  // Restores only the deleted record; without `scope` the whole store would become the backup.
  coffer::RestoreOptions options;
  options.scope = coffer::RestoreScope::kPrompts;
  options.ids = {"summary"};
  const auto restore = coffer::RunRestore(**engine, backup->id, options);
  if (!restore.ok()) return Fail(restore.status());
  std::cout << "restored " << restore->prompts << " prompt\n";
  if (const auto back = (*engine)->GetPrompt("summary"); !back.ok()) return Fail(back.status());
  if (auto status = (*engine)->Close(); !status.ok()) return Fail(status);
  return 0;
}
