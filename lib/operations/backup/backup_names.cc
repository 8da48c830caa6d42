// The names of types and scopes.
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
std::string_view RestoreScopeName(RestoreScope scope) { return NameIn(kScopes, scope); }
std::optional<RestoreScope> ParseRestoreScope(std::string_view name) { return ValueIn<RestoreScope>(kScopes, name); }

}  // namespace coffer
