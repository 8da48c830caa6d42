// The bodies and queries of requests, read into plain data with every fault told.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/backup.h"
#include "coffer/import.h"
#include "coffer/kind.h"
#include "coffer/timestamp.h"
#include "http/requests/faults.h"
#include "http/requests/json.h"
#include "http/requests/target.h"

namespace coffer::http {

// Ids in one bulk delete.
inline constexpr std::size_t kRequestIdsMax = 10'000;

enum class DataFormat : std::uint8_t { kJson, kCsv, kXml, kParquet, kSql };
enum class ExportScope : std::uint8_t { kUser, kConversation, kDocument, kAnalytics, kFull, kCustom };

std::string_view Name(DataFormat format);
std::string_view Name(ExportScope scope);

struct BackupRequest {
  BackupType backup_type = BackupType::kFull;
  std::optional<std::string> name;
  std::optional<std::string> description;
  bool include_files = true;
  bool include_logs = false;
  bool compress = true;
  bool encrypt = true;
  int retention_days = 30;
};

struct BackupListQuery {
  std::optional<BackupType> backup_type;
  std::optional<std::string> status;
};

struct RestoreRequestOptions {
  RestoreScope scope = RestoreScope::kFull;
  std::optional<std::string> user_id;
  std::optional<std::vector<std::string>> ids;
  PutMode conflict = PutMode::kUpsert;
  bool exact = false;
  bool dry_run = false;
};

struct RestoreRequest {
  std::string backup_id;
  RestoreRequestOptions options;
  bool create_backup_before_restore = true;
  bool verify_integrity = true;
};

struct VerifyRequest {
  int level = 2;
};

struct ExportRequest {
  ExportScope scope = ExportScope::kFull;
  DataFormat format = DataFormat::kJson;
  std::optional<std::string> user_id;
  std::optional<std::string> conversation_id;
  std::optional<Timestamp> date_from;
  std::optional<Timestamp> date_to;
  bool include_metadata = true;
  bool compress = true;
  bool encrypt = false;
  std::optional<GivenJson> custom_query;
  bool include_contents = true;
};

struct FilteredDeleteRequest {
  std::size_t entity_type = 0;  // a place in kFilteredKinds
  std::optional<Timestamp> created_before;
  std::optional<Timestamp> created_after;
  std::optional<std::string> user_id;
  std::optional<std::string> status;
  std::size_t limit = 1000;
  bool dry_run = false;
  GivenJson filters;  // as they were given
};

inline constexpr std::array<Kind, 3> kFilteredKinds = {Kind::kConversation, Kind::kDocument, Kind::kPrompt};

// Each reads as much as it can; what it answers counts only while `faults` is empty.
std::vector<std::string> ReadIds(std::string_view body, Faults& faults);
BackupRequest ReadBackupRequest(std::string_view body, Faults& faults);
BackupListQuery ReadBackupListQuery(const Query& query, Faults& faults);
RestoreRequest ReadRestoreRequest(std::string_view body, Faults& faults);
// An empty body asks for nothing in particular.
VerifyRequest ReadVerifyRequest(std::string_view body, Faults& faults);
ExportRequest ReadExportRequest(std::string_view body, Faults& faults);
FilteredDeleteRequest ReadFilteredDeleteRequest(std::string_view body, Faults& faults);

// Faults of members that are good by themselves, and too long, or do not fit together.
void CheckBackupRequest(const BackupRequest& request, Faults& faults);
void CheckRestoreOptions(const RestoreRequestOptions& options, Faults& faults);

}  // namespace coffer::http
