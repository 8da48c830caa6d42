#include "operations/erase/ledger.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "coffer/erase.h"
#include "format/record_text.h"
#include "format/ulid.h"
#include "operations/backup/object_codec.h"
#include "operations/keys/key_folder.h"
#include "operations/runner/report_text.h"
#include "storage/durable_file.h"

namespace coffer::operations {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr int kLayoutVersion = 1;
constexpr auto kFamily = storage::Family::kLedger;
constexpr std::string_view kAgeBegin = "age-encryption.org/";
constexpr std::string_view kUser = "user";

Result<LedgerEntry> ReadEntry(const OrderedJson& json) {
  if (json.at("coffer_erasure").get<int>() > kLayoutVersion) return Status::Unavailable("an erasure of a newer version");
  LedgerEntry entry;
  entry.id = json.at("erase_id").get<std::string>();
  entry.created_at.microseconds = json.at("created_at").get<std::int64_t>();
  const auto subject = json.at("subject").get<std::string>();
  if (subject != kUser) {
    entry.kind = ParseKind(subject);
    const bool erasable = entry.kind && *entry.kind != Kind::kMessage && *entry.kind != Kind::kContent;
    if (!erasable) return Status::Corruption("an erasure of \"" + subject + "\"");
  }
  entry.ids = json.at("ids").get<std::vector<std::string>>();
  if (entry.ids.empty() || entry.ids.size() > kEraseIdsMax) return Status::Corruption("an erasure of none, or of too many");
  for (const std::string& id : entry.ids) {
    if (Status status = format::CheckId("id", id); !status.ok()) return Status::Corruption(std::string(status.message()));
  }
  if (!json.at("completed_at").is_null()) entry.completed_at = Timestamp{json.at("completed_at").get<std::int64_t>()};
  if (!json.at("receipt").is_null()) entry.receipt = json.at("receipt").dump();
  return entry;
}

}  // namespace

bool IsEraseId(std::string_view name) {
  constexpr std::int64_t kLastMillisecond = 253'402'300'799'999;
  constexpr std::size_t kTimeCharacters = 10;
  static const std::string last = format::MakeUlid(kLastMillisecond, 0, 0);
  return name.size() == last.size() && name.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ") == std::string_view::npos &&
         name.substr(0, kTimeCharacters) <= std::string_view(last).substr(0, kTimeCharacters);
}

std::string EncodeLedgerEntry(const LedgerEntry& entry) {
  OrderedJson json;
  json["coffer_erasure"] = kLayoutVersion;
  json["erase_id"] = entry.id;
  json["created_at"] = entry.created_at.microseconds;
  json["subject"] = entry.kind ? std::string(KindNamePlural(*entry.kind)) : std::string(kUser);
  json["ids"] = entry.ids;
  json["completed_at"] = entry.completed_at ? OrderedJson(entry.completed_at->microseconds) : OrderedJson(nullptr);
  json["receipt"] = entry.receipt.empty() ? OrderedJson(nullptr) : OrderedJson::parse(entry.receipt);
  return ToText(json);
}

Result<LedgerEntry> DecodeLedgerEntry(std::string_view text) {
  try {
    return ReadEntry(OrderedJson::parse(text));
  } catch (const OrderedJson::exception& failure) {
    return Status::Corruption("ledger: a damaged entry: " + std::string(failure.what()));
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
  // It may have its name in the repository though that failed.
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
    Result<LedgerEntry> entry = DecodeLedgerEntry(scan->value());
    if (!entry.ok()) return std::move(entry).status().WithContext("ledger entry " + std::string(scan->key()));
    entries.push_back(std::move(*entry));
  }
  if (Status status = scan->status(); !status.ok()) return status.WithContext("ledger");
  return entries;
}

Result<std::string> Ledger::CompletedThrough() {
  Result<std::vector<LedgerEntry>> entries = All();
  if (!entries.ok()) return std::move(entries).status();
  std::string through;
  for (const LedgerEntry& entry : *entries) {
    if (!entry.completed_at) break;
    through = entry.id;
  }
  return through;
}

Status Ledger::Publish(const LedgerEntry& entry) {
  FileSystem& files = core_.files();
  const std::string path = PublishedPath() + "/" + entry.id;
  Result<FileInfo> there = files.Stat(path);
  // A crash may have come before its name was durable.
  if (there.ok()) return files.SyncDirectory(PublishedPath()).WithContext("ledger");
  if (there.status().code() != StatusCode::kNotFound) return std::move(there).status().WithContext("ledger");
  ObjectForm form;
  Result<std::vector<format::AgeRecipient>> recipients =
      KeyFolder(files, core_.folder().KeysPath()).EnsureRecipients(core_.Now());
  if (!recipients.ok()) return std::move(recipients).status().WithContext("ledger");
  form.recipients = std::move(*recipients);
  Result<std::string> sealed = EncodeObject(form, EncodeLedgerEntry(entry) + "\n");
  if (!sealed.ok()) return std::move(sealed).status().WithContext("ledger");
  if (Status status = storage::CreateDirectories(files, PublishedPath()); !status.ok()) return status.WithContext("ledger");
  Status status = storage::WriteDurably(files, path, *sealed);
  // It may have its name all the same; a restore on another machine would carry out what was never acknowledged.
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
    if (known.contains(name) || !IsEraseId(name)) continue;
    Result<LedgerEntry> entry = ReadPublished(PublishedPath() + "/" + name, identities);
    if (!entry.ok()) return std::move(entry).status();
    if (entry->id != name) return Status::Corruption(PublishedPath() + "/" + name + ": is the entry " + entry->id);
    entries.push_back(std::move(*entry));
  }
  return entries;
}

Result<LedgerEntry> Ledger::ReadPublished(const std::string& path, std::span<const format::AgeIdentity> identities) {
  Result<std::string> stored = storage::ReadWholeFile(core_.files(), path, kLedgerEntryBytesMax);
  if (!stored.ok()) return std::move(stored).status().WithContext(path);
  // An entry takes something away and gives nothing: that it is encrypted protects what it names, so either form will do.
  const bool encrypted = stored->starts_with(kAgeBegin);
  Result<std::string> text = DecodeObject(std::move(*stored), encrypted, identities, kLedgerEntryBytesMax);
  if (!text.ok() && text.status().code() == StatusCode::kPermissionDenied) {
    return Status::PermissionDenied(path + ": no identity at hand reads this entry of the ledger of erasures");
  }
  if (!text.ok()) return std::move(text).status().WithContext(path);
  Result<LedgerEntry> entry = DecodeLedgerEntry(*text);
  if (!entry.ok()) return std::move(entry).status().WithContext(path);
  return entry;
}

}  // namespace coffer::operations
