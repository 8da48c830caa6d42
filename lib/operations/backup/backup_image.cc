#include "operations/backup/backup_image.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "format/json/json_tree.h"
#include "format/stored/keys.h"
#include "operations/backup/create_backup.h"
#include "operations/repository/manifest.h"
#include "operations/runner/journal_json.h"
#include "operations/runner/runner.h"
#include "storage/durable_file.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

using OrderedJson = nlohmann::ordered_json;
using storage::Family;

OrderedJson Parsed(const Json& json) { return format::ParseJsonTreeOrDiscard<OrderedJson>(json.text()); }

OrderedJson TimeOrNull(const std::optional<Timestamp>& time) {
  return time ? OrderedJson(FormatTimestamp(*time)) : OrderedJson(nullptr);
}

std::string LogLine(const OperationInfo& info) {
  OrderedJson json = {{"type", "operation"},
                      {"id", info.id},
                      {"kind", OperationKindName(info.kind)},
                      {"state", OperationStateName(info.state)},
                      {"principal", info.principal},
                      {"created_at", FormatTimestamp(info.created_at)},
                      {"started_at", TimeOrNull(info.started_at)},
                      {"completed_at", TimeOrNull(info.completed_at)},
                      {"request", Parsed(info.request)},
                      {"result", Parsed(info.result)}};
  json["error"] = info.error.ok() ? OrderedJson(nullptr) : OrderedJson(info.error.ToString());
  return ToText(json) + "\n";
}

}  // namespace

BackupImage::BackupImage(engine::EngineCore& core)
    : core_(core),
      work_path_(core.folder().TemporaryPath(core.folder().next_generation())),
      store_path_(work_path_ + "/checkpoint") {}

BackupImage::~BackupImage() { storage::RemoveRecursively(core_.files(), work_path_).Ignore(); }

std::string BackupImage::PathOf(const storage::CheckpointFile& file) const {
  return (file.name == kLogsFileName ? work_path_ : store_path_) + "/" + file.name;
}

Status BackupImage::Take() {
  COFFER_TRY(storage::RemoveRecursively(core_.files(), work_path_));
  COFFER_TRY(core_.files().CreateDirectory(work_path_));
  const engine::StoreAccess access = core_.Access();
  // Counters come from memory: opening the image to read them would take longer than the rest of an incremental backup.
  const auto moment = [this](const std::function<void()>& fix) {
    core_.AtRest([&](const engine::CounterState& counters) {
      fix();
      counters_ = counters.by_owner;
    });
  };
  COFFER_ASSIGN(std::vector<storage::CheckpointFile> files, access->Checkpoint(store_path_, Durability::kBuffered, moment));
  files_ = std::move(files);
  return Status::Ok();
}

Status BackupImage::LeaveOutContents(std::string_view backup_id) {
  COFFER_ASSIGN(std::unique_ptr<storage::Store> store, storage::OpenRocksStore(store_path_, core_.SmallStoreOptions()));
  storage::WriteBatch batch;
  const std::string end(format::kContentIdBytes + sizeof(std::uint32_t) + 1, '\xFF');
  batch.DeleteRange(Family::kContents, std::string_view(), end);
  batch.Put(Family::kProgress, format::ContentsLeftOutKey(), backup_id);
  COFFER_TRY(store->Commit(batch, Durability::kDurable));
  const Family contents[] = {Family::kContents};
  COFFER_TRY(store->Compact(contents));
  const std::string without_path = work_path_ + "/without-contents";
  COFFER_ASSIGN(std::vector<storage::CheckpointFile> files, store->Checkpoint(without_path, Durability::kBuffered));
  COFFER_TRY(store->Close());
  store_path_ = without_path;
  files_ = std::move(files);
  return Status::Ok();
}

Status BackupImage::AddLogs() {
  storage::CheckpointFile logs{.name = std::string(kLogsFileName), .size_bytes = 0, .digest = {}};
  COFFER_TRY_CONTEXT(WriteLogs(PathOf(logs), logs.size_bytes), "logs");
  files_.push_back(std::move(logs));
  return Status::Ok();
}

Status BackupImage::WriteLogs(const std::string& path, std::uint64_t& size_bytes) {
  COFFER_ASSIGN(std::unique_ptr<WritableFile> file, core_.files().NewWritableFile(path));
  Runner& runner = RunnerOf(core_);
  for (const std::string& id : runner.journal().Ids()) {
    COFFER_ASSIGN(std::optional<OperationInfo> info, runner.journal().Read(id));
    if (!info) continue;
    const std::string line = LogLine(*info);
    COFFER_TRY(file->Append(line));
    size_bytes += line.size();
  }
  return file->Close();
}

}  // namespace coffer::operations
