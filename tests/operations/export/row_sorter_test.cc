#include "operations/export/row_sorter.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "operations/operations_fixture.h"

namespace coffer::operations {
namespace {

class RowSorterTest : public ::testing::Test {
 protected:
  std::string Prefix() const { return directory_.File("sort"); }

  // Numbers in no order, sorted within `bytes_max` of memory.
  std::vector<std::string> Sorted(std::size_t count, std::optional<std::uint64_t> limit, std::size_t bytes_max, bool descending,
                                  bool sealed = false) {
    TemporaryFiles temporaries(files_, sealed ? std::optional(*format::AgeIdentity::Generate()) : std::nullopt);
    RowSorter sorter(temporaries, Prefix(), {{0, format::ValueType::kNumber, descending}}, limit, bytes_max);
    for (std::size_t i = 0; i < count; ++i) {
      const std::string number = std::to_string(i * 7919 % 1009);
      const std::string cell = number + "/" + std::to_string(i);
      const std::string_view keys[] = {number};
      const std::string_view cells[] = {cell, ""};
      EXPECT_OK(sorter.Add(keys, cells));
    }
    files_used_ = !std::filesystem::is_empty(directory_.path());
    std::vector<std::string> rows;
    EXPECT_OK(sorter.ForEach([&](RowSorter::Cells cells) {
      EXPECT_EQ(cells.size(), 2U);
      rows.emplace_back(cells[0]);
      return Status::Ok();
    }));
    return rows;
  }

  TempDirectory directory_;
  FailingFileSystem files_{PosixFileSystem()};
  bool files_used_ = false;
};

TEST_F(RowSorterTest, RowsComeInOrderWhetherTheyFitInMemoryOrNot) {
  for (bool descending : {false, true}) {
    const std::vector<std::string> in_memory = Sorted(5000, std::nullopt, std::size_t{8} << 20, descending);
    EXPECT_FALSE(files_used_);
    ASSERT_EQ(in_memory.size(), 5000U);
    EXPECT_TRUE(in_memory.front().starts_with(descending ? "1008/" : "0/")) << in_memory.front();
    EXPECT_TRUE(in_memory.back().starts_with(descending ? "0/" : "1008/")) << in_memory.back();
    EXPECT_EQ(Sorted(5000, std::nullopt, 4000, descending), in_memory) << "more than kSortRunsMax files";
    EXPECT_TRUE(files_used_);
    EXPECT_EQ(Sorted(5000, std::nullopt, 40'000, descending, /*sealed=*/true), in_memory);
    EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
  }
}

TEST_F(RowSorterTest, ALimitKeepsTheFirstAndNeedsNoFiles) {
  const std::vector<std::string> all = Sorted(5000, std::nullopt, std::size_t{8} << 20, false);
  EXPECT_EQ(Sorted(5000, 10, 4000, false), std::vector<std::string>(all.begin(), all.begin() + 10));
  EXPECT_FALSE(files_used_);
  EXPECT_EQ(Sorted(5000, 500, 4000, false), std::vector<std::string>(all.begin(), all.begin() + 500));
}

TEST_F(RowSorterTest, AFullDeviceIsToldAndLeavesNothing) {
  FileFailure full;
  full.path_part = "sort.run";
  full.nth = 3;
  files_.FailOn(full);
  {
    TemporaryFiles temporaries(files_);
    RowSorter sorter(temporaries, Prefix(), {{0, format::ValueType::kText, false}}, std::nullopt, 1000);
    Status status;
    for (int i = 0; i < 1000 && status.ok(); ++i) {
      const std::string_view keys[] = {"\"k\""};
      status = sorter.Add(keys, keys);
    }
    EXPECT_FALSE(status.ok());
  }
  files_.Heal();
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

}  // namespace
}  // namespace coffer::operations
