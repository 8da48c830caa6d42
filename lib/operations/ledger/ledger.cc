#include "operations/ledger/ledger.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "coffer/erase.h"
#include "format/json/json_tree.h"
#include "format/records/record_codec.h"
#include "format/records/ulid.h"
#include "operations/keys/key_folder.h"
#include "operations/repository/object_codec.h"
#include "operations/runner/journal_json.h"
#include "storage/durable_file.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr int kLayoutVersion = 1;
constexpr auto kFamily = storage::Family::kLedger;
constexpr std::string_view kAgeBegin = "age-encryption.org/";
constexpr std::string_view kUser = "user";

Result<LedgerEntry> ReadEntry(const OrderedJson& json) {
  if (json.at("coffer_erasure").get<int>() > kLayoutVersion)
    return Status::Unavailable("the erasure was written by a newer version");
  LedgerEntry entry;
  entry.id = json.at("erase_id").get<std::string>();
  entry.created_at.microseconds = json.at("created_at").get<std::int64_t>();
  const auto subject = json.at("subject").get<std::string>();
  if (subject != kUser) {
    entry.kind = ParseKind(subject);
    const bool erasable = entry.kind && *entry.kind != Kind::kMessage && *entry.kind != Kind::kContent;
    if (!erasable) return Status::Corruption("unknown subject of an erasure: \"" + subject + "\"");
  }
  entry.ids = json.at("ids").get<std::vector<std::string>>();
  if (entry.ids.empty() || entry.ids.size() > kEraseIdsMax) return Status::Corruption("an erasure with no ids, or too many");
  for (const std::string& id : entry.ids) {
    if (Status status = format::CheckId("id", id); !status.ok()) return Status::Corruption(std::string(status.message()));
  }
  if (!json.at("completed_at").is_null()) entry.completed_at = Timestamp{json.at("completed_at").get<std::int64_t>()};
  if (!json.at("receipt").is_null()) entry.receipt = json.at("receipt").dump();
  return entry;
}

}  // namespace

std::string EncodeLedgerEntry(const LedgerEntry& entry) {
  OrderedJson json;
  json["coffer_erasure"] = kLayoutVersion;
  json["erase_id"] = entry.id;
  json["created_at"] = entry.created_at.microseconds;
  json["subject"] = entry.kind ? std::string(KindNamePlural(*entry.kind)) : std::string(kUser);
  json["ids"] = entry.ids;
  json["completed_at"] = entry.completed_at ? OrderedJson(entry.completed_at->microseconds) : OrderedJson(nullptr);
  json["receipt"] = entry.receipt.empty() ? OrderedJson(nullptr) : format::ParseJsonTree<OrderedJson>(entry.receipt);
  return ToText(json);
}

Result<LedgerEntry> DecodeLedgerEntry(std::string_view text) {
  try {
    return ReadEntry(format::ParseJsonTree<OrderedJson>(text));
  } catch (const OrderedJson::exception& failure) {
    return Status::Corruption("ledger: damaged entry: " + std::string(failure.what()));
  }
}

void Ledger::AppendTo(const LedgerEntry& entry, storage::WriteBatch& batch) {
  batch.Put(kFamily, entry.id, EncodeLedgerEntry(entry));
}

Status Ledger::Put(const LedgerEntry& entry) {
  storage::WriteBatch batch;
  AppendTo(entry, batch);
  return core_.control()->Commit(batch, Durability::kDurable).WithContext("ledger");
}

Status Ledger::Withdraw(std::string_view id) {
  // A failed Publish may have left the entry in the repository.
  core_.files().RemoveFile(PublishedPath() + "/" + std::string(id)).Ignore();
  storage::WriteBatch batch;
  batch.Delete(kFamily, id);
  return core_.control()->Commit(batch, Durability::kDurable).WithContext("ledger");
}

Result<std::vector<LedgerEntry>> Ledger::All() {
  std::vector<LedgerEntry> entries;
  if (core_.control() == nullptr) return entries;
  const std::unique_ptr<storage::Scan> scan = core_.control()->NewScan(kFamily, {}, {}, {});
  for (scan->SeekToFirst(); scan->valid(); scan->Next()) {
    COFFER_ASSIGN_CONTEXT(LedgerEntry entry, DecodeLedgerEntry(scan->value()), "ledger entry " + std::string(scan->key()));
    entries.push_back(std::move(entry));
  }
  COFFER_TRY_CONTEXT(scan->status(), "ledger");
  return entries;
}

Result<CompletedErasures> Ledger::Completed(const std::optional<std::string>& through_max) {
  COFFER_ASSIGN(std::vector<LedgerEntry> entries, All());
  CompletedErasures completed;
  bool all_so_far = true;
  for (LedgerEntry& entry : entries) {
    all_so_far = all_so_far && entry.completed_at && (!through_max || entry.id <= *through_max);
    if (all_so_far) {
      completed.through = std::move(entry.id);
    } else if (entry.completed_at) {
      completed.after.push_back(std::move(entry.id));
    }
  }
  return completed;
}

Status Ledger::Publish(const LedgerEntry& entry) {
  FileSystem& files = core_.files();
  const std::string path = PublishedPath() + "/" + entry.id;
  Result<FileInfo> there = files.Stat(path);
  // An earlier call may have crashed before the name was durable.
  if (there.ok()) return files.SyncDirectory(PublishedPath()).WithContext("ledger");
  if (there.status().code() != StatusCode::kNotFound) return std::move(there).status().WithContext("ledger");
  ObjectForm form;
  COFFER_ASSIGN_CONTEXT(std::vector<format::AgeRecipient> recipients,
                        KeyFolder(files, core_.folder().KeysPath()).EnsureRecipients(core_.Now()), "ledger");
  form.recipients = std::move(recipients);
  COFFER_ASSIGN_CONTEXT(std::string sealed, EncodeObject(form, EncodeLedgerEntry(entry) + "\n"), "ledger");
  COFFER_TRY_CONTEXT(storage::CreateDirectories(files, PublishedPath()), "ledger");
  Status status = storage::WriteDurably(files, path, sealed);
  // The entry may still have its name. A restore on another machine would apply an erasure that was never acknowledged.
  if (!status.ok()) files.RemoveFile(path).Ignore();
  return status.WithContext("ledger");
}

Result<std::vector<LedgerEntry>> Ledger::PublishedBesides(const std::set<std::string, std::less<>>& known,
                                                          std::span<const format::AgeIdentity> identities) {
  std::vector<LedgerEntry> entries;
  Result<std::vector<std::string>> names = core_.files().List(PublishedPath());
  if (!names.ok() && names.status().code() == StatusCode::kNotFound) return entries;
  if (!names.ok()) return std::move(names).status().WithContext("ledger");
  std::sort(names->begin(), names->end());
  for (const std::string& name : *names) {
    if (known.contains(name) || !format::IsUlid(name)) continue;
    COFFER_ASSIGN(LedgerEntry entry, ReadPublished(PublishedPath() + "/" + name, identities));
    if (entry.id != name) return Status::Corruption(PublishedPath() + "/" + name + ": holds the entry " + entry.id);
    entries.push_back(std::move(entry));
  }
  return entries;
}

Result<LedgerEntry> Ledger::ReadPublished(const std::string& path, std::span<const format::AgeIdentity> identities) {
  COFFER_ASSIGN_CONTEXT(std::string stored, storage::ReadWholeFile(core_.files(), path, kLedgerEntryBytesMax), path);
  // A plain entry is accepted too: encryption only hides the ids, and an entry can only remove records.
  const bool encrypted = stored.starts_with(kAgeBegin);
  Result<std::string> text = DecodeObject(std::move(stored), encrypted, identities, kLedgerEntryBytesMax);
  if (!text.ok() && text.status().code() == StatusCode::kPermissionDenied) {
    return Status::PermissionDenied(path + ": no available identity can decrypt this entry of the erasure ledger");
  }
  if (!text.ok()) return std::move(text).status().WithContext(path);
  COFFER_ASSIGN_CONTEXT(LedgerEntry entry, DecodeLedgerEntry(*text), path);
  return entry;
}

}  // namespace coffer::operations
