// The programs `age` and `zstd` read a repository: a backup can be recovered without Coffer.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "format/records/sha256.h"
#include "repository_fixture.h"
#include "support/program.h"

namespace coffer::operations {
namespace {

class BackupInteropTest : public RepositoryTest {
 protected:
  ProgramAnswer Run(std::vector<std::string> words, std::string_view input) const {
    return RunProgram(directory_.path(), std::move(words), input);
  }
  // `age -d -i KEY | zstd -d`, or zstd alone.
  std::string Recover(std::string stored, bool encrypted) const {
    if (encrypted) {
      ProgramAnswer opened = Run({"age", "-d", "-i", IdentityPath()}, stored);
      EXPECT_EQ(opened.status, 0) << opened.err;
      stored = std::move(opened.out);
    }
    ProgramAnswer unpacked = Run({"zstd", "-d", "-c"}, stored);
    EXPECT_EQ(unpacked.status, 0) << unpacked.err;
    return unpacked.out;
  }
  static std::string Sha256Of(std::string_view bytes) {
    format::Sha256 hash;
    hash.Update(bytes);
    return format::HexText(hash.Finish());
  }
  // From the manifest as these programs show it, without our code.
  void ExpectAllFilesRecovered(const BackupInfo& info) {
    const std::string bytes = ReadBytes(ManifestPath(info.id));
    const std::size_t line_end = bytes.find('\n');
    const nlohmann::json plain = nlohmann::json::parse(bytes.substr(0, line_end));
    const nlohmann::json sealed = nlohmann::json::parse(Recover(bytes.substr(line_end + 1), info.encrypted));
    std::uint64_t file_bytes = 0;
    for (const nlohmann::json& file : sealed.at("files")) {
      const std::string object = plain.at("objects").at(file.at("object").get<std::size_t>()).at("id").get<std::string>();
      const std::string recovered = Recover(ReadBytes(ObjectPath(object)), info.encrypted);
      EXPECT_EQ(Sha256Of(recovered), file.at("sha256").get<std::string>()) << file.at("name");
      EXPECT_EQ(recovered.size(), file.at("size_bytes")) << file.at("name");
      recovered_[file.at("name").get<std::string>()] = recovered;
      file_bytes += recovered.size();
    }
    EXPECT_EQ(file_bytes, info.file_bytes);
    EXPECT_GT(sealed.at("files").size(), 3U);
  }

  std::map<std::string, std::string> recovered_;
};

TEST_F(BackupInteropTest, StockProgramsGiveBackEveryFileOfAnEncryptedBackup) {
  NEEDS_PROGRAM("age");
  NEEDS_PROGRAM("zstd");
  PutSome("now");
  PutDocument("large", RandomBytes(std::size_t{1} << 20, 1));
  const BackupInfo full = BackUp();
  PutSome("later", 7);
  ExpectAllFilesRecovered(full);
  ExpectAllFilesRecovered(BackUp(BackupType::kIncremental));
}

TEST_F(BackupInteropTest, StockProgramsGiveBackEveryFileOfAPlainBackup) {
  NEEDS_PROGRAM("zstd");
  PutSome("now");
  for (const bool compress : {true, false}) {
    BackupOptions options;
    options.encrypt = false;
    options.compress = compress;
    ExpectAllFilesRecovered(BackUpWith(options));
  }
}

TEST_F(BackupInteropTest, WhatStockProgramsGiveBackIsAStoreThatOpens) {
  NEEDS_PROGRAM("age");
  NEEDS_PROGRAM("zstd");
  PutSome("now");
  const std::string before = WholeState(engine());
  ExpectAllFilesRecovered(BackUp());
  engine_.reset();
  std::filesystem::remove_all(store_path());
  for (const auto& [name, bytes] : recovered_) WriteBytes(store_path() + "/gen-000001/" + name, bytes);
  Open();
  EXPECT_TRUE(WholeState(engine()) == before);
}

}  // namespace
}  // namespace coffer::operations
