// Writes the sums of scope analytics.
#pragma once

#include <array>
#include <string_view>

#include "coffer/result.h"
#include "operations/export/record_writer.h"
#include "storage/store.h"

namespace coffer::operations {

inline constexpr std::array<std::string_view, 6> kAnalyticsTables = {"totals",  "by_day",   "by_user",
                                                                     "by_role", "by_model", "storage_by_type"};

// Sums the records that match the options and writes all tables. kResourceExhausted: a table exceeds kAnalyticsRowsMax.
Status WriteAnalytics(const ExportWork& work, storage::Store& store, const storage::StoreSnapshot* snapshot);

}  // namespace coffer::operations
