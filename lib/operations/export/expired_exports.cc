#include "operations/export/expired_exports.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/ulid.h"

namespace coffer::operations {
namespace {

constexpr std::int64_t kMicrosecondsInMillisecond = 1'000;

// When the export of this name was started; nothing for a name that is none of an export.
std::optional<Timestamp> StartOf(std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos || name.ends_with(".partial")) return std::nullopt;
  const std::optional<std::int64_t> milliseconds = format::UlidMilliseconds(name.substr(0, dot));
  if (!milliseconds) return std::nullopt;
  return Timestamp{*milliseconds * kMicrosecondsInMillisecond};
}

}  // namespace

void SweepExpiredExports(engine::EngineCore& core) {
  const std::string folder = core.folder().ExportsPath();
  Result<std::vector<std::string>> names = core.files().List(folder);
  if (!names.ok()) return;
  const Timestamp now = core.Now();
  for (const std::string& name : *names) {
    const std::optional<Timestamp> start = StartOf(name);
    if (!start || ExpiryOf(*start) > now) continue;
    const std::string path = folder + "/" + name;
    const Result<FileInfo> info = core.files().Stat(path);
    if (info.ok() && !info->is_directory && core.files().RemoveFile(path).ok()) core.exports_bytes -= info->size_bytes;
  }
}

}  // namespace coffer::operations
