#include "crash/crash_steps.h"

#include "coffer/backup.h"
#include "coffer/limits.h"
#include "engine/engine_fixture.h"

namespace coffer {
namespace {

constexpr std::uint64_t kTalks = 60;
constexpr std::uint64_t kDocuments = 6;

// A missing record is no failure of a step.
Status Tolerant(Status status) { return status.code() == StatusCode::kNotFound ? Status::Ok() : status; }
template <typename T>
Status Tolerant(const Result<T>& result) {
  return result.ok() ? Status::Ok() : Tolerant(result.status());
}

Result<ContentWriter> SomeContent(Engine& engine, std::uint64_t seed, std::size_t size) {
  Result<ContentWriter> writer = engine.NewContent();
  if (!writer.ok()) return writer;
  const std::string bytes = MakeBytes(size, seed);
  for (std::size_t at = 0; at < size; at += 200'000) {
    if (Status status = writer->Append(std::string_view(bytes).substr(at, 200'000)); !status.ok()) return status;
  }
  return writer;
}

class Step {
 public:
  Step(Engine& engine, std::uint64_t seed, std::uint64_t number, Durability durability)
      : engine_(engine), random_(SeededRandom(seed * 1'000'003 + number)), number_(number), options_{durability} {}

  Status Do() {
    switch (Pick(9)) {
      case 0:
      case 1: return PutMany();
      case 2:
      case 3: return Append();
      case 4: return PutDocument();
      case 5: return DeleteMany();
      case 6: return PutLong();
      case 7: return ReplaceContent();
      default: return Mixed();
    }
  }

 private:
  std::uint64_t Pick(std::uint64_t below) { return random_->Next() % below; }
  std::string Talk() { return "talk-" + std::to_string(Pick(kTalks)); }
  std::string DocumentId() { return "document-" + std::to_string(Pick(kDocuments)); }
  std::string Owner() { return "owner-" + std::to_string(Pick(3)); }
  std::string Prefix() const { return "step-" + std::to_string(number_); }
  Message Text() {
    Message message = MakeMessage(Prefix() + " " + std::string(Pick(2000), 'x'), Prefix() + "-" + std::to_string(Pick(1'000'000)));
    message.created_at = At(static_cast<std::int64_t>(number_));
    return message;
  }
  Status Commit(Batch& batch) { return Tolerant(engine_.Commit(batch, options_)); }

  Status PutMany() {
    Batch batch(engine_);
    for (std::uint64_t i = 0; i < 20; ++i) {
      if (Status status = batch.PutConversation(MakeConversation(Talk(), Owner(), Prefix()), MakeMessages(Pick(30), Prefix()));
          !status.ok()) {
        return status;
      }
    }
    if (Status status = batch.PutPrompt(MakePrompt("prompt-" + std::to_string(Pick(20)), Owner(), Prefix())); !status.ok()) {
      return status;
    }
    return Commit(batch);
  }
  Status Append() { return Tolerant(engine_.AppendMessage(Talk(), Text(), options_)); }
  Status PutDocument() {
    Result<ContentWriter> content = SomeContent(engine_, number_, Pick(4 * kContentChunkBytes));
    if (!content.ok()) return content.status();
    return Tolerant(engine_.PutDocument(MakeDocument(DocumentId(), Owner()), *std::move(content), PutMode::kUpsert, options_));
  }
  Status ReplaceContent() {
    Result<ContentWriter> content = SomeContent(engine_, number_, Pick(3 * kContentChunkBytes));
    if (!content.ok()) return content.status();
    Batch batch(engine_);
    if (Status status = batch.SetContent(DocumentId(), *std::move(content)); !status.ok()) return status;
    return Commit(batch);
  }
  Status DeleteMany() {
    std::vector<std::string> ids;
    for (std::uint64_t i = 0; i < 15; ++i) ids.push_back(Talk());
    BulkDeleteOptions options;
    options.durability = options_.durability;
    if (Pick(2) == 0) options.owner = Owner();
    return Tolerant(engine_.BulkDelete(Kind::kConversation, ids, options));
  }
  // Long enough to be deleted as a range.
  Status PutLong() {
    std::vector<Message> messages = MakeMessages(257 + Pick(300), Prefix());
    messages.back().sequence_number = 5000;
    return Tolerant(engine_.PutConversation(MakeConversation(Talk(), Owner(), Prefix()), messages, PutMode::kUpsert, options_));
  }
  Status Mixed() {
    Batch batch(engine_);
    const std::string talk = Talk();
    for (Status status : {batch.PutConversation(MakeConversation(talk, Owner(), Prefix())), batch.AppendMessage(talk, Text()),
                          batch.AppendMessage(talk, Text()), batch.PutDocument(MakeDocument(DocumentId(), Owner())),
                          batch.PutPrompt(MakePrompt("prompt-" + std::to_string(Pick(20)), Owner(), Prefix()))}) {
      if (!status.ok()) return status;
    }
    if (Pick(2) == 0) {
      if (Status status = batch.Delete(Kind::kConversation, Talk()); !status.ok()) return status;
    }
    return Commit(batch);
  }

  Engine& engine_;
  std::unique_ptr<RandomSource> random_;
  std::uint64_t number_;
  WriteOptions options_;
};

Status TakeBackup(Engine& engine, std::uint64_t number) {
  BackupOptions options;
  options.name = CrashBackupName(number);
  const Result<BackupInfo> backup = CreateBackup(engine, options);
  return backup.ok() ? Status::Ok() : backup.status();
}

Status RestoreLatest(Engine& engine) {
  RestoreOptions options;
  options.safety_backup = false;
  return Tolerant(Restore(engine, "latest", options));
}

}  // namespace

std::string CrashBackupName(std::uint64_t number) { return "step-" + std::to_string(number); }

Status DoCrashStep(Engine& engine, ManualClock& clock, CrashWork work, std::uint64_t seed, std::uint64_t number,
                   Durability durability) {
  clock.Set(At(static_cast<std::int64_t>(number)).microseconds);
  if (work == CrashWork::kBackups && number % 3 == 2) return TakeBackup(engine, number);
  if (work == CrashWork::kRestores && number % 4 == 1) return TakeBackup(engine, number);
  if (work == CrashWork::kRestores && number % 4 == 3) return RestoreLatest(engine);
  return Step(engine, seed, number, durability).Do();
}

}  // namespace coffer
