#include "coffer/export.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "coffer/version.h"
#include "engine/core.h"
#include "engine/internals.h"
#include "format/age/base64.h"
#include "format/records/sha256.h"
#include "format/stored/keys.h"
#include "operations/operations_fixture.h"

namespace coffer::operations {
namespace {

using OrderedJson = nlohmann::ordered_json;

class ExportTest : public OperationsTest {
 protected:
  // The export's members without its time of creation.
  std::string Exported(ExportOptions options) {
    options.output = directory_.File("out" + std::to_string(exports_++));
    Result<ExportReport> report = RunExport(engine(), options);
    EXPECT_OK(report);
    const std::string bytes = ReadBytes(options.output);
    return options.compress ? Decompress(bytes) : bytes;
  }

  int exports_ = 0;
};

TEST_F(ExportTest, EveryRecordIsThereAsItIsStored) {
  PutSome("now");
  const OrderedJson json = OrderedJson::parse(Exported({}));
  const OrderedJson& header = json.at("coffer_export");
  EXPECT_EQ(header.at("version"), 1);
  EXPECT_EQ(header.at("scope"), "full");
  EXPECT_EQ(header.at("filters"), OrderedJson::object());
  EXPECT_EQ(header.at("engine_version"), std::string(Version()));
  std::vector<std::string> names;
  for (const auto& [name, value] : json.items()) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"coffer_export", "conversations", "documents", "prompts", "counts"}));

  ASSERT_EQ(json.at("conversations").size(), 5U);
  for (std::size_t i = 0; i < 5; ++i) {
    const std::string id = "c" + std::to_string(i);
    EXPECT_EQ(json["conversations"][i].dump(), OrderedJson::parse(engine().GetConversationJson(id, true).value()).dump());
  }
  ASSERT_EQ(json.at("documents").size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    OrderedJson document = json["documents"][i];
    const std::string id = document.at("id");
    if (id != "d3") {
      std::string content;
      EXPECT_OK(format::DecodeBase64(document.at("content_base64").get<std::string>(), content));
      EXPECT_TRUE(content == ContentOf(engine(), id)) << id;
      document.erase("content_base64");
    }
    EXPECT_EQ(document.dump(), OrderedJson::parse(engine().GetDocumentJson(id).value()).dump());
  }
  EXPECT_EQ(json.at("prompts").at(0).dump(), OrderedJson::parse(engine().GetPromptJson("p1").value()).dump());
  EXPECT_EQ(json.at("counts"),
            OrderedJson::parse(R"({"conversations":5,"messages":10,"documents":3,"prompts":1,"contents":2})"));
}

TEST_F(ExportTest, AnEmptyStoreHasEmptyLists) {
  const OrderedJson json = OrderedJson::parse(Exported({}));
  EXPECT_EQ(json.at("conversations"), OrderedJson::array());
  EXPECT_EQ(json.at("documents"), OrderedJson::array());
  EXPECT_EQ(json.at("prompts"), OrderedJson::array());
}

TEST_F(ExportTest, CompressionChangesNothingButTheBytes) {
  PutSome("now");
  ExportOptions plain;
  plain.compress = false;
  const std::string unpacked = Exported(plain);
  const std::string packed = Exported({});
  EXPECT_EQ(unpacked.substr(unpacked.find("\"conversations\"")), packed.substr(packed.find("\"conversations\"")));
}

TEST_F(ExportTest, ContentsOfEverySizeComeBack) {
  for (std::size_t size : {0U, 1U, 2U, 3U, 4U, 1048575U, 1048576U, 1048577U, 2500000U}) {
    std::string content(size, '\0');
    for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * 31 + size);
    PutDocument("d" + std::to_string(size), content);
  }
  const OrderedJson json = OrderedJson::parse(Exported({}));
  ASSERT_EQ(json.at("documents").size(), 9U);
  for (const OrderedJson& document : json["documents"]) {
    std::string content;
    ASSERT_OK(format::DecodeBase64(document.at("content_base64").get<std::string>(), content));
    EXPECT_TRUE(content == ContentOf(engine(), document.at("id").get<std::string>())) << document.at("id");
  }
}

TEST_F(ExportTest, ContentsMayBeLeftOut) {
  PutSome("now");
  ExportOptions options;
  options.include_contents = false;
  const OrderedJson json = OrderedJson::parse(Exported(options));
  EXPECT_FALSE(json.at("documents").at(0).contains("content_base64"));
  EXPECT_EQ(json.at("counts").at("contents"), 0);
}

TEST_F(ExportTest, TheReportFitsTheFile) {
  PutSome("now");
  Result<ExportReport> report = RunExport(engine());
  ASSERT_OK(report);
  EXPECT_EQ(report->path, store_path() + "/exports/" + report->export_id + ".json.zst");
  const std::string bytes = ReadBytes(report->path);
  EXPECT_EQ(report->file_bytes, bytes.size());
  format::Sha256 hash;
  hash.Update(bytes);
  EXPECT_EQ(report->sha256, format::HexText(hash.Finish()));
  EXPECT_EQ(report->messages, 10U);
  EXPECT_EQ(engine::CoreOf(engine()).exports_bytes.load(), bytes.size());
}

TEST_F(ExportTest, AnExistingFileIsLeftAlone) {
  ExportOptions options;
  options.output = directory_.File("there");
  WriteBytes(options.output, "mine");
  EXPECT_CODE(RunExport(engine(), options), kAlreadyExists);
  EXPECT_EQ(ReadBytes(options.output), "mine");
  options.output = directory_.File("no/folder/here");
  EXPECT_CODE(RunExport(engine(), options), kNotFound);
}

TEST_F(ExportTest, AReadOnlyEngineExportsToANamedFile) {
  PutSome("now");
  const std::string before = WholeState(engine());
  OpenOptions options;
  options.read_only = true;
  Open(options);
  EXPECT_CODE(RunExport(engine()), kPermissionDenied);
  EXPECT_EQ(OrderedJson::parse(Exported({})).at("conversations").size(), 5U);
}

TEST_F(ExportTest, MessagesWithoutTheirConversationAreToldByName) {
  PutSome("now");
  {
    const engine::StoreAccess access = engine::CoreOf(engine()).Access();
    storage::WriteBatch batch;
    batch.Delete(storage::Family::kConversations, "c3");
    ASSERT_OK(access->Commit(batch, Durability::kDurable));
  }
  ExportOptions options;
  options.output = directory_.File("out");
  Result<ExportReport> report = RunExport(engine(), options);
  EXPECT_CODE(report, kCorruption);
  EXPECT_NE(report.status().message().find("c3"), std::string::npos) << report.status().message();
  EXPECT_FALSE(std::filesystem::exists(options.output));
}

TEST_F(ExportTest, AMissingMessageOrChunkIsTold) {
  PutSome("now");
  ExportOptions options;
  options.output = directory_.File("out");
  {
    const engine::StoreAccess access = engine::CoreOf(engine()).Access();
    storage::WriteBatch batch;
    batch.Delete(storage::Family::kMessages, format::MessageKey("c4", 0));
    ASSERT_OK(access->Commit(batch, Durability::kDurable));
  }
  Result<ExportReport> report = RunExport(engine(), options);
  EXPECT_CODE(report, kCorruption);
  EXPECT_NE(report.status().message().find("c4"), std::string::npos) << report.status().message();
}

TEST_F(ExportTest, WhatACrashCutOffIsSweptAtTheNextOpeningForWriting) {
  PutSome("now");
  Result<ExportReport> report = RunExport(engine());
  ASSERT_OK(report);
  engine_.reset();
  const std::string cut_off = store_path() + "/exports/01CUTOFF.json.zst.partial";
  WriteBytes(cut_off, "half");
  OpenOptions read_only;
  read_only.read_only = true;
  Open(read_only);
  EXPECT_TRUE(std::filesystem::exists(cut_off)) << "a read-only engine writes nothing";
  Open();
  EXPECT_FALSE(std::filesystem::exists(cut_off));
  EXPECT_EQ(ReadBytes(report->path).size(), report->file_bytes);
  EXPECT_EQ(engine().Statistics()->exports_bytes, report->file_bytes);
}

TEST_F(ExportTest, ALeftoverThatCannotBeSweptDoesNotKeepTheStoreFromOpening) {
  const std::string folder = store_path() + "/exports/made-by-hand.partial";
  WriteBytes(folder + "/inside", "");
  WriteBytes(store_path() + "/exports/01CUTOFF.json.partial", "half");
  Open();
  EXPECT_TRUE(std::filesystem::exists(folder + "/inside"));
  EXPECT_FALSE(std::filesystem::exists(store_path() + "/exports/01CUTOFF.json.partial"));
}

TEST_F(ExportTest, AFailureAtAnyPlaceLeavesNoFile) {
  OpenOverFailingFiles();
  PutSome("now");
  ExportOptions to;
  to.output = directory_.File("out/export");
  std::filesystem::create_directory(directory_.File("out"));
  for (std::uint64_t nth = 1;; ++nth) {
    ASSERT_LT(nth, 200U);
    FileFailure failure;
    failure.path_part = directory_.File("out");
    failure.nth = nth;
    files_.FailOn(failure);
    Result<ExportReport> report = RunExport(engine(), to);
    files_.Heal();
    if (report.ok()) break;
    EXPECT_FALSE(std::filesystem::exists(to.output)) << nth << ": " << report.status().ToString();
    EXPECT_FALSE(std::filesystem::exists(to.output + ".partial")) << nth;
  }
  EXPECT_EQ(OrderedJson::parse(Decompress(ReadBytes(to.output))).at("conversations").size(), 5U);
}

}  // namespace
}  // namespace coffer::operations
