#include "format/parquet/parquet_reader.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <random>

#include "parquet_files.h"

namespace coffer::format {
namespace {

TEST(ParquetReader, ReadsWhatTheWriterWrote) {
  const std::string expected =
      "-|{}|\\0\\255|\\0\\0\\0\\0\\0\\0\\0\\0|-|\\0\\0\\0\\0\\0\\0\\0\\0|\\0|-\n"
      "row 1|[1]|\\0\\255|@B\\15\\0\\0\\0\\0\\0|\\255\\255\\255\\255\\255\\255\\255\\255|\\0\\0\\0\\0\\0\\0\\208?|\\1|()\n"
      "row 2|{}|\\0\\255|\\128\\132\\30\\0\\0\\0\\0\\0|\\254\\255\\255\\255\\255\\255\\255\\255|\\0\\0\\0\\0\\0\\0\\224?|\\0|"
      "(row 2/0;row 2/1;)\n";
  for (int level : {0, 3}) {
    EXPECT_EQ(ReadAll(MakeEveryFile(1, 3, level)), expected) << level;
    EXPECT_EQ(ReadAll(MakeEveryFile(3, 1, level)), expected) << "one row per group, level " << level;
  }
}

TEST(ParquetReader, ReadsFilesWithoutRows) {
  EXPECT_EQ(ReadAll(MakeEveryFile(0, 0, 3)), "");
  EXPECT_EQ(ReadAll(MakeEveryFile(2, 0, 3)), "");
}

TEST(ParquetReader, ReadsListsAndTextsAcrossPages) {
  const std::string large(kParquetPageBytes / 2 + 1, 'x');
  const std::string file =
      MakeParquetFile({{"list", ParquetType::kTextList}, {"text", ParquetType::kText}}, 1, 3, [&](ParquetRows& rows, int) {
        for (int row = 0; row < 7; ++row) {
          rows.column(0).AddBytes(large);
          rows.column(0).GoOnWithList();
          rows.column(0).AddBytes(std::to_string(row));
          row % 2 == 0 ? rows.column(1).AddNull() : rows.column(1).AddBytes(large);
          rows.EndRow();
        }
      });
  std::string expected;
  for (int row = 0; row < 7; ++row) {
    expected += "(" + large + ";" + std::to_string(row) + ";)|" + (row % 2 == 0 ? "-" : large) + "\n";
  }
  EXPECT_TRUE(ReadAll(file) == expected);
}

TEST(ParquetReader, TellsColumnsAndNotes) {
  const std::string file = MakeEveryFile(1, 1, 3);
  Result<std::unique_ptr<ParquetReader>> reader = OpenParquet(file);
  ASSERT_OK(reader);
  EXPECT_EQ((*reader)->metadata().Note("key"), "note");
  EXPECT_FALSE((*reader)->metadata().Note("other"));
  EXPECT_EQ((*reader)->metadata().rows(), 1U);
  const std::vector<ParquetLeaf>& leaves = (*reader)->leaves();
  ASSERT_EQ(leaves.size(), 8U);
  EXPECT_EQ(leaves[0].meaning, ParquetMeaning::kText);
  EXPECT_EQ(leaves[1].meaning, ParquetMeaning::kJson);
  EXPECT_EQ(leaves[2].meaning, ParquetMeaning::kBytes);
  EXPECT_EQ(leaves[3].meaning, ParquetMeaning::kMicrosecondsUtc);
  EXPECT_EQ(leaves[5].meaning, ParquetMeaning::kReal);
  EXPECT_TRUE(leaves[7].is_list);
}

TEST(ParquetReader, NamesRowGroupAndColumnOfADamagedPage) {
  const std::vector<ParquetColumn> columns = {{"first", ParquetType::kText}, {"second", ParquetType::kText}};
  std::string file = MakeParquetFile(columns, 2, 0, [](ParquetRows& rows, int group) {
    rows.column(0).AddBytes("sound");
    rows.column(1).AddBytes("damaged" + std::to_string(group));
    rows.EndRow();
  });
  // The value with its length before it, as in the page; statistics have no length.
  file[file.find(std::string("\x08\0\0\0damaged1", 12)) + 6] = '?';
  const std::string told = ReadAll(file);
  EXPECT_NE(told.find("sound|damaged0\n"), std::string::npos) << told;
  EXPECT_NE(told.find("row group 2: column \"second\": page: wrong checksum"), std::string::npos) << told;
}

TEST(ParquetReader, RefusesWhatIsNoParquetFileOrIsCutOff) {
  const std::string file = MakeEveryFile(2, 20, 3);
  EXPECT_CODE(OpenParquet(""), kCorruption);
  EXPECT_CODE(OpenParquet("PAR1PAR1"), kCorruption);
  EXPECT_CODE(OpenParquet(std::string(5000, 'x')), kCorruption);
  EXPECT_CODE(OpenParquet(file.substr(0, file.size() - 1)), kCorruption);
  const std::string long_footer = file.substr(0, file.size() - 8) + std::string("\xff\xff\xff\x03", 4) + "PAR1";
  EXPECT_CODE(OpenParquet(long_footer), kCorruption);
}

TEST(ParquetReader, RefusesAFooterAboveItsLimit) {
  std::string file = "PAR1" + std::string(kParquetFooterBytesMax + 1, '\0');
  file += std::string("\x01\x00\x00\x04", 4) + "PAR1";
  EXPECT_CODE(OpenParquet(file), kResourceExhausted);
}

std::uint64_t PeakMegabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) / 1024;
}

// Memory stays within the limits, whatever a damaged file declares.
TEST(ParquetReader, SurvivesFlippedBitsAndCutFiles) {
  std::mt19937 random(20261125);
  const std::uint64_t before = PeakMegabytes();
  std::size_t told = 0;
  for (const std::string& sound : {MakeEveryFile(1, 40, 3), MakeEveryFile(3, 5, 0), MakeEveryFile(2, 300, 1)}) {
    const std::string expected = ReadAll(sound);
    for (int round = 0; round < 4000; ++round) {
      std::string file = sound;
      for (unsigned flips = random() % 4; flips > 0; --flips) {
        // Half of them in the second half, because the footer would rarely be hit otherwise.
        const std::size_t from = random() % 2 == 0 ? 0 : file.size() / 2;
        file[from + random() % (file.size() - from)] ^= static_cast<char>(1U << (random() % 8));
      }
      if (random() % 4 == 0) file.resize(random() % file.size());
      told += ReadAll(file) == expected ? 0 : 1;
    }
  }
  EXPECT_GT(told, 6000U) << "most changes are seen";
  EXPECT_LT(PeakMegabytes() - before, 400U);
}

}  // namespace
}  // namespace coffer::format
