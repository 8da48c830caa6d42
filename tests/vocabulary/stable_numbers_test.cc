// Numbers that are stored, or that bindings pass on: they never change.
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "coffer/backup.h"
#include "coffer/kind.h"
#include "coffer/operation.h"
#include "coffer/status.h"

namespace coffer {
namespace {

// The names of the values from `first` on.
template <typename Enum>
void ExpectNames(int first, const std::vector<std::string_view>& names, std::string_view (*name_of)(Enum)) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(name_of(static_cast<Enum>(first + static_cast<int>(i))), names[i]);
  }
}

TEST(StableNumbersTest, OfStatusCodes) {
  ExpectNames<StatusCode>(0,
                          {"ok", "invalid_argument", "not_found", "already_exists", "permission_denied", "conflict", "busy",
                           "cancelled", "resource_exhausted", "corruption", "unavailable", "io_error", "internal", "unknown"},
                          &StatusCodeName);
}

TEST(StableNumbersTest, OfKinds) {
  ExpectNames<Kind>(0, {"unknown", "conversation", "message", "document", "content", "prompt", "unknown"}, &KindName);
}

TEST(StableNumbersTest, OfOperations) {
  ExpectNames<OperationKind>(0, {"", "import", "bulk_delete", "backup", "restore", "export", "erase", "verify", "prune", ""},
                             &OperationKindName);
  ExpectNames<OperationState>(0, {"", "pending", "running", "completed", "failed", "cancelled", ""}, &OperationStateName);
}

TEST(StableNumbersTest, OfBackupTypes) { ExpectNames<BackupType>(1, {"full", "incremental", "differential"}, &BackupTypeName); }

}  // namespace
}  // namespace coffer
