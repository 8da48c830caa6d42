// The names of the enumerators of backups and restores.
#include <array>
#include <utility>

#include "coffer/backup.h"

namespace coffer {
namespace {

constexpr std::array<std::pair<BackupType, std::string_view>, 3> kTypes = {{
    {BackupType::kFull, "full"},
    {BackupType::kIncremental, "incremental"},
    {BackupType::kDifferential, "differential"},
}};

constexpr std::array<std::pair<RestoreScope, std::string_view>, 5> kScopes = {{
    {RestoreScope::kFull, "full"},
    {RestoreScope::kUser, "user"},
    {RestoreScope::kConversations, "conversations"},
    {RestoreScope::kDocuments, "documents"},
    {RestoreScope::kPrompts, "prompts"},
}};

constexpr std::array<std::pair<BackupReason, std::string_view>, 2> kReasons = {{
    {BackupReason::kRequested, "requested"},
    {BackupReason::kSafety, "safety"},
}};

constexpr std::array<std::pair<VerifyDepth, std::string_view>, 7> kDepths = {{
    {VerifyDepth::kManifest, "manifest"},
    {VerifyDepth::kPresence, "presence"},
    {VerifyDepth::kStoredBytes, "stored bytes"},
    {VerifyDepth::kPlainBytes, "plain bytes"},
    {VerifyDepth::kValues, "values"},
    {VerifyDepth::kRecords, "records"},
    {VerifyDepth::kRestored, "restored"},
}};

template <typename Table, typename Value>
std::string_view NameIn(const Table& table, Value value) {
  for (const auto& [known, name] : table) {
    if (known == value) return name;
  }
  return "unknown";
}

template <typename Value, typename Table>
std::optional<Value> ValueIn(const Table& table, std::string_view wanted) {
  for (const auto& [known, name] : table) {
    if (name == wanted) return known;
  }
  return std::nullopt;
}

}  // namespace

std::string_view BackupTypeName(BackupType type) { return NameIn(kTypes, type); }
std::optional<BackupType> ParseBackupType(std::string_view name) { return ValueIn<BackupType>(kTypes, name); }
std::string_view BackupReasonName(BackupReason reason) { return NameIn(kReasons, reason); }
std::optional<BackupReason> ParseBackupReason(std::string_view name) { return ValueIn<BackupReason>(kReasons, name); }
std::string_view VerifyDepthName(VerifyDepth depth) { return NameIn(kDepths, depth); }
std::string_view RestoreScopeName(RestoreScope scope) { return NameIn(kScopes, scope); }
std::optional<RestoreScope> ParseRestoreScope(std::string_view name) { return ValueIn<RestoreScope>(kScopes, name); }

}  // namespace coffer
