// RowSorter: an external merge sort of the rows of a query.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/result.h"
#include "operations/export/custom_query.h"
#include "operations/files/temporary_files.h"

namespace coffer::operations {

// Memory of rows before they are sorted into a temporary file.
inline constexpr std::size_t kSortBytesMax = std::size_t{32} << 20;
// Files merged at once; at this number they are first merged into one.
inline constexpr std::size_t kSortRunsMax = 64;

// The sort is stable. One thread at a time. Temporary files are named "<prefix>.run<n>.partial"; the destructor removes them.
class RowSorter {
 public:
  using Cells = std::span<const std::string_view>;

  // `limit`: the number of rows that ForEach returns at most.
  RowSorter(TemporaryFiles& files, std::string prefix, std::vector<QueryOrder> order, std::optional<std::uint64_t> limit,
            std::size_t bytes_max = kSortBytesMax);
  ~RowSorter();
  RowSorter(const RowSorter&) = delete;
  RowSorter& operator=(const RowSorter&) = delete;

  // `keys`: one value per member of the order.
  Status Add(Cells keys, Cells cells);
  // Calls `take` with each row in order. Call once.
  Status ForEach(const std::function<Status(Cells cells)>& take);

 private:
  struct Row;
  class Run;
  bool IsBefore(std::string_view a, std::string_view b) const;
  void SortRows();
  Status Spill();
  Status MergeRuns();
  Status Merge(const std::function<Status(std::string_view row)>& take);
  Status WriteRun(const std::function<Status(const std::function<Status(std::string_view)>&)>& produce);
  void RemoveRuns();

  TemporaryFiles& files_;
  const std::string prefix_;
  const std::vector<QueryOrder> order_;
  const std::optional<std::uint64_t> limit_;
  const std::size_t bytes_max_;
  std::vector<std::string> rows_;
  std::size_t bytes_ = 0;
  std::vector<std::string> runs_;  // paths
  std::size_t runs_made_ = 0;
};

}  // namespace coffer::operations
