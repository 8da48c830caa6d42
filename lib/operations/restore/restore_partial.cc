#include "operations/restore/restore_partial.h"

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "coffer/limits.h"
#include "engine/core.h"
#include "engine/internals.h"
#include "engine/record_reads.h"
#include "engine/selection_scan.h"
#include "format/records/record_codec.h"
#include "format/stored/stored_record.h"
#include "operations/erase/erase_records.h"
#include "operations/import/run_import.h"
#include "operations/ledger/due_erasures.h"
#include "operations/repository/open_backup.h"
#include "operations/restore/interchange_source.h"
#include "operations/restore/safety_backup.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::array kRecordKinds = {Kind::kConversation, Kind::kDocument, Kind::kPrompt};

std::vector<Kind> KindsOf(RestoreScope scope) {
  if (scope == RestoreScope::kConversations) return {Kind::kConversation};
  if (scope == RestoreScope::kDocuments) return {Kind::kDocument};
  if (scope == RestoreScope::kPrompts) return {Kind::kPrompt};
  return {kRecordKinds.begin(), kRecordKinds.end()};
}

// What is known of a record without its text.
struct RecordHead {
  std::string owner;
  Timestamp updated_at;
  std::uint64_t messages = 0;
  bool has_content = false;
};

// Nullopt: no such record.
Result<std::optional<RecordHead>> ReadHead(storage::Store& store, Kind kind, std::string_view id) {
  storage::PinnedValue value;
  COFFER_TRY(store.Get(engine::FamilyOf(kind), id, nullptr, value));
  if (!value.found()) return std::optional<RecordHead>();
  if (kind == Kind::kConversation) {
    COFFER_ASSIGN(format::ConversationHead head, format::DecodeConversationHead(value.view()));
    return std::optional(RecordHead{head.owner, head.updated_at, head.messages.count, false});
  }
  COFFER_ASSIGN(format::StoredRecord record, format::DecodeStoredRecord(kind, value.view()));
  return std::optional(RecordHead{std::string(record.owner), record.updated_at, 0, record.content.has_value()});
}

// The records that must not come back according to the ledger.
class Erased {
 public:
  explicit Erased(const std::vector<DueErasure>& erasures) {
    for (const auto& [entry, adopted] : erasures) {
      std::set<std::string, std::less<>>& into = entry.kind ? ids_[static_cast<std::size_t>(*entry.kind)] : users_;
      into.insert(entry.ids.begin(), entry.ids.end());
    }
  }
  bool Holds(Kind kind, std::string_view id, std::string_view owner) const {
    return users_.contains(owner) || ids_[static_cast<std::size_t>(kind)].contains(id);
  }

 private:
  std::set<std::string, std::less<>> users_;
  std::array<std::set<std::string, std::less<>>, kAllKinds.size() + 1> ids_;
};

class PartialRestorer {
 public:
  PartialRestorer(Engine& engine, const BackupManifest& manifest, const RestoreOptions& options, OperationContext& context,
                  BackupFunction make_backup)
      : engine_(engine),
        core_(engine::CoreOf(engine)),
        manifest_(manifest),
        options_(options),
        context_(context),
        make_backup_(make_backup) {}

  Result<RestoreReport> Run() {
    report_.restore_id = context_.id();
    report_.backup_id = manifest_.info.id;
    report_.scope = options_.scope;
    report_.dry_run = options_.dry_run;
    report_.started_at = core_.Now();
    COFFER_TRY(Open());
    if (options_.safety_backup && !options_.dry_run) {
      COFFER_ASSIGN(std::string safety, MakeSafetyBackup(make_backup_, core_, manifest_.info.id, 0, context_));
      report_.safety_backup_id = std::move(safety);
    }
    // A put keeps the content of a document that has no content in the backup, so such documents are deleted first. All other
    // records are deleted last, so that an interruption loses no other record that is in the backup.
    if (options_.exact) {
      COFFER_TRY(DeleteChosen(&PartialRestorer::BackupLacksContent));
    }
    COFFER_TRY(options_.dry_run ? CountWhatWouldBe() : PutBack());
    if (options_.exact) {
      COFFER_TRY(DeleteChosen(&PartialRestorer::BackupLacks));
    }
    report_.completed_at = core_.Now();
    return std::move(report_);
  }

 private:
  Status Open() {
    const Repository repository(core_.files(), core_.repository());
    COFFER_ASSIGN(std::vector<format::AgeIdentity> identities, IdentitiesFor(core_, options_.identity_file));
    COFFER_ASSIGN(std::vector<DueErasure> due, DueErasures(core_, manifest_, identities, options_.without_ledger));
    OpenOptions opened = core_.options();
    COFFER_ASSIGN(std::unique_ptr<Engine> backup, OpenInPlace(opened, repository, manifest_, identities));
    backup_ = std::move(backup);
    report_.erasures_applied = due.size();
    COFFER_ASSIGN(std::unique_ptr<Erased> erased, ErasedFromBackup(due));
    erased_ = std::move(erased);
    std::set<std::string, std::less<>> ids(options_.ids.begin(), options_.ids.end());
    ids_.assign(ids.begin(), ids.end());
    return Status::Ok();
  }

  // If the backup holds the progress of an erasure that had deleted the records, what it holds of them was written later.
  Result<std::unique_ptr<Erased>> ErasedFromBackup(const std::vector<DueErasure>& due) const {
    std::vector<DueErasure> hidden;
    const engine::StoreAccess image = engine::CoreOf(*backup_).Access();
    for (const DueErasure& erasure : due) {
      COFFER_ASSIGN(EraseProgress progress, ReadEraseProgress(*image, erasure.entry.id));
      if (!progress.records_done) hidden.push_back(erasure);
    }
    return std::make_unique<Erased>(hidden);
  }

  // Calls `visit` with the chosen ids of a store: the given ones, or all of the scope's kind and owner.
  Status ForEachChosen(storage::Store& store, Kind kind, const std::function<Status(std::string_view)>& visit) const {
    if (!ids_.empty()) {
      for (const std::string& id : ids_) {
        COFFER_TRY(visit(id));
      }
      return Status::Ok();
    }
    Selection selection;
    selection.kind = kind;
    selection.owner = options_.owner;
    const std::unique_ptr<storage::StoreSnapshot> snapshot = store.TakeSnapshot();
    return engine::ForEachSelected({store, snapshot.get()}, selection, visit);
  }

  void Fail(std::string reason) {
    ++report_.failed;
    if (report_.errors.size() < kImportErrorsKeptMax) report_.errors.push_back({manifest_.info.id, 0, std::move(reason)});
  }

  static std::string NameOf(Kind kind, std::string_view id) { return std::string(KindName(kind)) + " " + std::string(id); }

  // The head of a chosen record that may be put back; nullopt: it must not be put back, or does not exist. Counts failures.
  Result<std::optional<RecordHead>> Choose(Kind kind, std::string_view id) {
    const engine::StoreAccess access = engine::CoreOf(*backup_).Access();
    COFFER_ASSIGN_CONTEXT(std::optional<RecordHead> head, ReadHead(*access, kind, id), NameOf(kind, id));
    const bool missing = !head || (!options_.owner.empty() && head->owner != options_.owner);
    if (missing) {
      // With `exact`, a record that the backup lacks is deleted, which is not a failure.
      if (!options_.exact) Fail(NameOf(kind, id) + ": is not in the backup");
      return std::optional<RecordHead>();
    }
    if (erased_->Holds(kind, id, head->owner)) return std::optional<RecordHead>();
    COFFER_ASSIGN(bool taken, IsTaken(kind, id));
    if (!taken) return head;
    Fail(NameOf(kind, id) + ": belongs to another owner now");
    return std::optional<RecordHead>();
  }

  // Whether another than the chosen owner now has a record with this id, which must not be replaced.
  Result<bool> IsTaken(Kind kind, std::string_view id) {
    if (options_.owner.empty()) return false;
    COFFER_ASSIGN_CONTEXT(std::optional<RecordHead> ours, ReadHead(*core_.Access(), kind, id), NameOf(kind, id));
    return ours && ours->owner != options_.owner;
  }

  // Returns the chosen records one at a time. The import asks for each of them, so ids are read in pages and not by one scan.
  class Walk {
   public:
    Walk(PartialRestorer& restorer, std::vector<Kind> kinds) : restorer_(restorer), kinds_(std::move(kinds)) {}

    Result<std::optional<RecordName>> Next() {
      while (true) {
        if (next_ == page_.size()) {
          COFFER_ASSIGN(bool more, ReadPage());
          if (!more) return std::optional<RecordName>();
        }
        RecordName name = std::move(page_[next_++]);
        COFFER_TRY(restorer_.context_.CheckStop());
        COFFER_ASSIGN(std::optional<RecordHead> head, restorer_.Choose(name.kind, name.id));
        if (head) return std::optional(std::move(name));
      }
    }

   private:
    Result<bool> ReadPage() {
      page_.clear();
      next_ = 0;
      while (page_.empty() && kind_ < kinds_.size()) {
        const Kind kind = kinds_[kind_];
        if (!restorer_.ids_.empty()) {
          for (const std::string& id : restorer_.ids_) page_.push_back({kind, id});
          ++kind_;
          continue;
        }
        ListOptions options;
        options.owner = restorer_.options_.owner;
        options.limit = kPageIds;
        options.after = cursor_;
        COFFER_ASSIGN(std::vector<std::string> ids, restorer_.PageOfIds(kind, options, cursor_));
        for (std::string& id : ids) page_.push_back({kind, std::move(id)});
        if (cursor_.empty()) ++kind_;
      }
      return !page_.empty();
    }

    static constexpr std::size_t kPageIds = 256;
    PartialRestorer& restorer_;
    const std::vector<Kind> kinds_;
    std::size_t kind_ = 0;
    std::string cursor_;
    std::vector<RecordName> page_;
    std::size_t next_ = 0;
  };

  // One page of the backup's ids; sets `cursor` to the next page, empty at the end.
  Result<std::vector<std::string>> PageOfIds(Kind kind, const ListOptions& options, std::string& cursor) const {
    const engine::StoreAccess access = engine::CoreOf(*backup_).Access();
    COFFER_ASSIGN(engine::TextPage page, engine::ReadTextPage({*access, nullptr}, kind, options));
    cursor = std::move(page.next);
    return std::move(page.ids);
  }

  Status PutBack() {
    Walk walk(*this, KindsOf(options_.scope));
    InterchangeSource lines(*backup_, [&walk] { return walk.Next(); });
    ImportOptions import;
    import.mode = options_.mode;
    COFFER_ASSIGN(ImportReport imported, ImportWithin(engine_, lines, manifest_.info.id, import, context_));
    report_.conversations = imported.imported.conversations;
    report_.messages = imported.imported.messages;
    report_.documents = imported.imported.documents;
    report_.prompts = imported.imported.prompts;
    report_.contents = imported.contents;
    report_.contents_missing = lines.contents_missing();
    report_.skipped = imported.skipped;
    report_.failed += imported.failed;
    for (ImportError& error : imported.errors) {
      if (report_.errors.size() < kImportErrorsKeptMax) report_.errors.push_back(std::move(error));
    }
    return Status::Ok();
  }

  Status CountWhatWouldBe() {
    Walk walk(*this, KindsOf(options_.scope));
    for (;;) {
      COFFER_ASSIGN(std::optional<RecordName> name, walk.Next());
      if (!name) return Status::Ok();
      COFFER_TRY(CountOne(name->kind, name->id));
    }
  }

  Status CountOne(Kind kind, const std::string& id) {
    COFFER_ASSIGN(std::optional<RecordHead> theirs, ReadHead(*engine::CoreOf(*backup_).Access(), kind, id));
    COFFER_ASSIGN(std::optional<RecordHead> ours, ReadHead(*core_.Access(), kind, id));
    const bool left_alone = ours && (options_.mode == PutMode::kKeepExisting ||
                                     (options_.mode == PutMode::kNewest && ours->updated_at >= theirs->updated_at));
    if (left_alone) {
      ++report_.skipped;
      return Status::Ok();
    }
    if (kind == Kind::kConversation) {
      ++report_.conversations;
      report_.messages += theirs->messages;
    } else if (kind == Kind::kPrompt) {
      ++report_.prompts;
    } else {
      ++report_.documents;
      report_.contents += theirs->has_content ? 1 : 0;
    }
    return Status::Ok();
  }

  // Deletes the chosen records of the live store for which `is_doomed` returns true.
  Status DeleteChosen(Result<bool> (PartialRestorer::*is_doomed)(Kind, std::string_view)) {
    for (const Kind kind : KindsOf(options_.scope)) {
      std::vector<std::string> doomed;
      const engine::StorePin pin = Pinned();
      COFFER_TRY(ForEachChosen(*live_, kind, [&](std::string_view id) {
        COFFER_ASSIGN(bool is, (this->*is_doomed)(kind, id));
        if (is) doomed.emplace_back(id);
        return doomed.size() < kDeleteBatchRecordsMax ? Status::Ok() : Delete(kind, doomed);
      }));
      COFFER_TRY(Delete(kind, doomed));
    }
    return Status::Ok();
  }

  // Sets live_ and keeps the store from being switched while the pin is held.
  engine::StorePin Pinned() {
    const engine::StoreAccess access = core_.Access();
    live_ = &*access;
    return core_.Pin();
  }

  // The chosen owner's record with this id; nullopt: not found.
  Result<std::optional<RecordHead>> ReadChosen(storage::Store& store, Kind kind, std::string_view id) const {
    Result<std::optional<RecordHead>> head = ReadHead(store, kind, id);
    if (head.ok() && *head && !options_.owner.empty() && (*head)->owner != options_.owner) return std::optional<RecordHead>();
    return head;
  }

  Result<bool> BackupLacks(Kind kind, std::string_view id) {
    COFFER_ASSIGN(std::optional<RecordHead> ours, ReadChosen(*live_, kind, id));
    if (!ours) return false;
    COFFER_ASSIGN(std::optional<RecordHead> theirs, ReadChosen(*engine::CoreOf(*backup_).Access(), kind, id));
    return !theirs;
  }

  Result<bool> BackupLacksContent(Kind kind, std::string_view id) {
    if (kind != Kind::kDocument) return false;
    COFFER_ASSIGN(std::optional<RecordHead> ours, ReadChosen(*live_, kind, id));
    COFFER_ASSIGN(std::optional<RecordHead> theirs, ReadChosen(*engine::CoreOf(*backup_).Access(), kind, id));
    return ours && theirs && ours->has_content && !theirs->has_content;
  }

  // In calls that are small enough not to start operations of their own.
  Status Delete(Kind kind, std::vector<std::string>& ids) {
    if (ids.empty()) return Status::Ok();
    BulkDeleteOptions options;
    options.dry_run = options_.dry_run;
    Result<BulkDeleteReport> deleted = engine_.BulkDelete(kind, ids, options);
    ids.clear();
    if (!deleted.ok()) return std::move(deleted).status();
    report_.deleted += deleted->deleted;
    return context_.CheckStop();
  }

  Engine& engine_;
  engine::EngineCore& core_;
  const BackupManifest& manifest_;
  const RestoreOptions& options_;
  OperationContext& context_;
  const BackupFunction make_backup_;
  std::unique_ptr<Erased> erased_;
  std::unique_ptr<Engine> backup_;
  storage::Store* live_ = nullptr;
  std::vector<std::string> ids_;  // sorted, each once
  RestoreReport report_;
};

}  // namespace

Status CheckRestoreOptions(const RestoreOptions& options) {
  const bool full = options.scope == RestoreScope::kFull;
  if (full && (!options.owner.empty() || !options.ids.empty() || options.exact)) {
    return Status::InvalidArgument("scope full does not take owner, ids or exact");
  }
  if (full && options.mode != PutMode::kUpsert) {
    return Status::InvalidArgument("scope full replaces everything: mode must be kUpsert");
  }
  if (options.scope == RestoreScope::kUser) {
    COFFER_TRY(format::CheckId("owner", options.owner));
    if (!options.ids.empty()) return Status::InvalidArgument("scope user does not take ids");
  }
  if (options.mode == PutMode::kInsert || options.mode == PutMode::kUpdate) {
    return Status::InvalidArgument("mode: expected kUpsert, kKeepExisting or kNewest");
  }
  if (options.exact && options.mode != PutMode::kUpsert) {
    return Status::InvalidArgument("exact makes the scope equal to the backup: mode must be kUpsert");
  }
  if (options.ids.size() > kRestoreIdsMax) {
    return Status::InvalidArgument("ids: more than " + std::to_string(kRestoreIdsMax));
  }
  for (const std::string& id : options.ids) {
    COFFER_TRY(format::CheckId("id", id));
  }
  return Status::Ok();
}

Result<RestoreReport> RestorePart(Engine& engine, const BackupManifest& manifest, const RestoreOptions& options,
                                  OperationContext& context, BackupFunction make_backup) {
  return PartialRestorer(engine, manifest, options, context, make_backup).Run();
}

}  // namespace coffer::operations
