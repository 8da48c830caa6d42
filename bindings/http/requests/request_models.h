// The bodies and queries of requests, read into plain data. Every fault of a request is reported, not only the first.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/backup.h"
#include "coffer/export.h"
#include "coffer/import.h"
#include "coffer/kind.h"
#include "coffer/operation.h"
#include "coffer/timestamp.h"
#include "http/requests/faults.h"
#include "http/requests/json.h"
#include "http/requests/target.h"

namespace coffer::http {

// Ids in one bulk delete.
inline constexpr std::size_t kRequestIdsMax = 10'000;

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
  std::optional<std::string> status;  // any text: an unknown status gives an empty list
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
  ExportFormat format = ExportFormat::kJson;
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
  Kind entity_type = Kind::kConversation;
  std::optional<Timestamp> created_before;
  std::optional<Timestamp> created_after;
  std::optional<std::string> user_id;
  std::optional<std::string> status;
  std::size_t limit = 1000;
  bool dry_run = false;
  GivenJson filters;  // as given
};

// Each reads as much as it can. The result is valid only while `faults` is empty.
std::vector<std::string> ReadIds(std::string_view body, Faults& faults);
BackupRequest ReadBackupRequest(std::string_view body, Faults& faults);
BackupListQuery ReadBackupListQuery(const Query& query, Faults& faults);
RestoreRequest ReadRestoreRequest(std::string_view body, Faults& faults);
// An empty body gives the defaults.
VerifyRequest ReadVerifyRequest(std::string_view body, Faults& faults);
ExportRequest ReadExportRequest(std::string_view body, Faults& faults);
FilteredDeleteRequest ReadFilteredDeleteRequest(std::string_view body, Faults& faults);
ImportOptions ReadImportQuery(const Query& query, Faults& faults);
OperationListOptions ReadOperationListQuery(const Query& query, Faults& faults);

// Faults of members that are valid alone but too long, or that contradict each other.
void CheckBackupRequest(const BackupRequest& request, Faults& faults);
void CheckRestoreOptions(const RestoreRequestOptions& options, Faults& faults);

}  // namespace coffer::http
