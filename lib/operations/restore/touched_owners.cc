#include "operations/restore/touched_owners.h"

#include <memory>
#include <set>

#include "coffer/limits.h"
#include "engine/internals.h"
#include "format/stored/keys.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kReadaheadBytes = std::size_t{2} << 20;
constexpr std::uint64_t kValuesBetweenLooks = 1000;

std::unique_ptr<storage::Scan> WholeScan(storage::Store& store, storage::Family family) {
  storage::ScanOptions options;
  options.fill_cache = false;
  options.readahead_bytes = kReadaheadBytes;
  std::unique_ptr<storage::Scan> scan = store.NewScan(family, {}, {}, options);
  scan->SeekToFirst();
  return scan;
}

Status ReadContent(Engine& engine, std::string_view document_id) {
  Result<ContentReader> content = engine.OpenContent(document_id);
  // A document without content, or whose content a backup left out, is not damaged.
  if (!content.ok()) return content.status().code() == StatusCode::kNotFound ? Status::Ok() : std::move(content).status();
  std::string piece(kContentChunkBytes, '\0');
  for (;;) {
    Result<std::size_t> got = content->Read(std::span<char>(piece));
    if (!got.ok()) return got.status().code() == StatusCode::kNotFound ? Status::Ok() : std::move(got).status();
    if (*got == 0) return Status::Ok();
  }
}

Status ReadRecord(Engine& engine, Kind kind, std::string_view id) {
  if (kind == Kind::kConversation) return engine.GetConversationJson(id, /*with_messages=*/true).status();
  if (kind == Kind::kPrompt) return engine.GetPromptJson(id).status();
  COFFER_TRY(engine.GetDocumentJson(id).status());
  return ReadContent(engine, id);
}

}  // namespace

Result<std::uint64_t> CountValues(engine::EngineCore& core, const OperationContext& context) {
  const engine::StoreAccess access = core.Access();
  std::uint64_t values = 0;
  for (const storage::FamilyName& family : storage::kFamilies) {
    const std::unique_ptr<storage::Scan> scan = WholeScan(*access, family.family);
    for (; scan->valid(); scan->Next()) {
      if (++values % kValuesBetweenLooks != 0) continue;
      COFFER_TRY(context.CheckStop());
    }
    COFFER_TRY_CONTEXT(scan->status(), family.name);
  }
  return values;
}

Result<std::vector<std::string>> FindTouchedOwners(Engine& engine, const OperationContext& context) {
  std::set<std::string> touched;
  const engine::StoreAccess access = engine::CoreOf(engine).Access();
  const std::unique_ptr<storage::Scan> scan = WholeScan(*access, storage::Family::kByOwner);
  for (; scan->valid(); scan->Next()) {
    COFFER_TRY(context.CheckStop());
    const auto key = format::ParseOwnerKey(scan->key());
    if (!key) return Status::Corruption("by_owner: malformed key");
    std::string owner(key->owner);
    if (touched.contains(owner)) continue;
    if (!ReadRecord(engine, key->kind, key->id).ok()) touched.insert(std::move(owner));
  }
  COFFER_TRY(scan->status());
  return std::vector<std::string>(touched.begin(), touched.end());
}

}  // namespace coffer::operations
