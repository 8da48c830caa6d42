// Choices: the values of an enumeration that an option or a request parameter takes, with their names. Shared by the command
// line and the HTTP adapter, so both read a word once and keep the enumeration.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "coffer/backup.h"
#include "coffer/import.h"
#include "coffer/kind.h"
#include "coffer/options.h"

namespace coffer::json {

// `values` must have static storage duration. Help texts and faults list the names in the order of `values`.
template <typename Enum>
struct Choices {
  std::span<const Enum> values;
  std::string_view (*name)(Enum);

  std::optional<Enum> Find(std::string_view word) const {
    for (const Enum value : values) {
      if (name(value) == word) return value;
    }
    return std::nullopt;
  }

  std::vector<std::string_view> Names() const {
    std::vector<std::string_view> names;
    for (const Enum value : values) names.push_back(name(value));
    return names;
  }
};

// What to do with a record that exists: "skip", "replace", "newest", "fail".
std::string_view ConflictName(PutMode mode);
// "auto", "ndjson", "coffer-json" …
std::string_view ImportFormatName(ImportFormat format);

inline constexpr std::array kBackupTypeValues = {BackupType::kFull, BackupType::kIncremental, BackupType::kDifferential};
inline constexpr Choices<BackupType> kBackupTypes = {kBackupTypeValues, BackupTypeName};

inline constexpr std::array kRestoreScopeValues = {RestoreScope::kFull, RestoreScope::kUser, RestoreScope::kConversations,
                                                   RestoreScope::kDocuments, RestoreScope::kPrompts};
inline constexpr Choices<RestoreScope> kRestoreScopes = {kRestoreScopeValues, RestoreScopeName};

inline constexpr std::array kRestoreConflictValues = {PutMode::kUpsert, PutMode::kKeepExisting, PutMode::kNewest};
inline constexpr Choices<PutMode> kRestoreConflicts = {kRestoreConflictValues, ConflictName};

inline constexpr std::array kImportConflictValues = {PutMode::kKeepExisting, PutMode::kUpsert, PutMode::kNewest,
                                                     PutMode::kInsert};
inline constexpr Choices<PutMode> kImportConflicts = {kImportConflictValues, ConflictName};

inline constexpr std::array kImportFormatValues = {
    ImportFormat::kAuto,          ImportFormat::kNdjson,  ImportFormat::kCofferJson, ImportFormat::kCofferCsv,
    ImportFormat::kCofferParquet, ImportFormat::kChatGpt, ImportFormat::kOpenWebUi,  ImportFormat::kLibreChat};
inline constexpr Choices<ImportFormat> kImportFormats = {kImportFormatValues, ImportFormatName};

// The kinds that the lines of an import may have.
inline constexpr std::array kImportKindValues = {Kind::kConversation, Kind::kMessage, Kind::kDocument, Kind::kPrompt};
inline constexpr Choices<Kind> kImportKinds = {kImportKindValues, KindName};

}  // namespace coffer::json
