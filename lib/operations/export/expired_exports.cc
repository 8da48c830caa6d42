#include "operations/export/expired_exports.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/records/ulid.h"

namespace coffer::operations {
namespace {

constexpr std::int64_t kMicrosecondsInMillisecond = 1'000;
constexpr std::string_view kTemporarySuffix = ".partial";

}  // namespace

std::optional<Timestamp> ExpiryOf(std::string_view id_or_file_name) {
  if (id_or_file_name.ends_with(kTemporarySuffix)) return std::nullopt;
  const std::optional<std::int64_t> start = format::UlidMilliseconds(id_or_file_name.substr(0, id_or_file_name.find('.')));
  if (!start) return std::nullopt;
  const auto kept = std::chrono::duration_cast<std::chrono::microseconds>(kExportKept);
  return Timestamp{*start * kMicrosecondsInMillisecond + kept.count()};
}

void SweepExpiredExports(engine::EngineCore& core) {
  const std::string folder = core.folder().ExportsPath();
  Result<std::vector<std::string>> names = core.files().List(folder);
  if (!names.ok()) return;
  const Timestamp now = core.Now();
  for (const std::string& name : *names) {
    const std::optional<Timestamp> expiry = ExpiryOf(name);
    if (!expiry || *expiry > now) continue;
    const std::string path = folder + "/" + name;
    const Result<FileInfo> info = core.files().Stat(path);
    if (info.ok() && !info->is_directory && core.files().RemoveFile(path).ok()) core.exports_bytes -= info->size_bytes;
  }
}

}  // namespace coffer::operations
