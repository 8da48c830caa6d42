#include "operations/repository/manifest.h"

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "format/records/sha256.h"
#include "support/status_matchers.h"

namespace coffer::operations {
namespace {

using Json = nlohmann::ordered_json;
using Change = std::function<void(Json&)>;

constexpr const char* kId = "01JXT21Q00W83YKWVEHZ04NE2Z";

std::string Hex(char digit) { return std::string(64, digit); }

BackupManifest Sample() {
  BackupManifest manifest;
  BackupInfo& info = manifest.info;
  info.id = kId;
  info.name = "a \"name\" \xC3\xBC";
  info.description = "two\nlines";
  info.reason = BackupReason::kSafety;
  info.type = BackupType::kIncremental;
  info.requested_type = BackupType::kDifferential;
  info.base_id = "01JXT21Q00W83YKWVEHZ04NE2A";
  info.lineage = "01JXT21Q00W83YKWVEHZ04NE2B";
  info.sequence = 7;
  info.file_bytes = 30;
  info.stored_bytes = 5;
  info.record_count = 3;
  info.contents_included = false;
  info.logs_included = true;
  info.compressed = false;
  info.encrypted = true;
  info.recipients = {"age1a", "age1b"};
  info.created_at = {-1};
  info.completed_at = {1'750'000'000'000'001};
  info.expires_at = {1'760'000'000'000'000};
  info.engine_version = "1.2.3";
  manifest.repository = "01JXT21Q00W83YKWVEHZ04NE2C";
  manifest.pool = info.base_id;
  manifest.store_format = 1;
  manifest.erased_through = "01JXT21Q00W83YKWVEHZ04NE2D";
  manifest.objects = {{Hex('a'), 3, Hex('b')}, {Hex('c'), 0, Hex('d')}};
  manifest.sealed_bytes = 100;
  manifest.sealed_sha256 = Hex('e');
  return manifest;
}

SealedManifest SampleSealed() {
  SealedManifest sealed;
  sealed.files = {{"CURRENT", 1, 10, Hex('1')}, {"000001.sst", 0, 20, Hex('2')}, {"logs.ndjson", 0, 20, Hex('2')}};
  sealed.by_owner["anna"][Kind::kConversation] = {2, 100, {1, 2}};
  sealed.by_owner["b\"en\n"][Kind::kPrompt] = {1, 50, {~std::uint64_t{0}, 3}};
  sealed.by_owner["b\"en\n"][Kind::kContent] = {9, 9, {4, 5}};
  return sealed;
}

// The text with a new valid checksum, as an attacker would write it.
std::string Signed(std::string text) {
  text.pop_back();
  format::Sha256 hash;
  hash.Update(text);
  return text + ",\"manifest_sha256\":\"" + format::HexText(hash.Finish()) + "\"}\n";
}

std::string With(const Change& change) {
  Json json = Json::parse(EncodeManifest(Sample()).value());
  json.erase("manifest_sha256");
  change(json);
  return Signed(json.dump());
}

std::string SealedWith(const Change& change) {
  Json json = Json::parse(EncodeSealedManifest(SampleSealed()).value());
  change(json);
  return json.dump();
}

TEST(ManifestTest, ThePlainPartComesBackAsItWas) {
  const BackupManifest manifest = Sample();
  const Result<std::string> text = EncodeManifest(manifest);
  ASSERT_OK(text);
  EXPECT_EQ(text->find('\n'), text->size() - 1) << "one line";
  const Result<BackupManifest> decoded = DecodeManifest(*text + "trailing text");
  ASSERT_OK(decoded);
  EXPECT_EQ(EncodeManifest(*decoded).value(), *text);
  EXPECT_EQ(decoded->info.name, manifest.info.name);
  EXPECT_EQ(decoded->info.description, manifest.info.description);
  EXPECT_EQ(decoded->info.requested_type, BackupType::kDifferential);
  EXPECT_EQ(decoded->info.reason, BackupReason::kSafety);
  EXPECT_EQ(decoded->info.created_at, manifest.info.created_at);
  EXPECT_EQ(decoded->info.recipients, manifest.info.recipients);
  EXPECT_EQ(decoded->erased_through, manifest.erased_through);
  ASSERT_EQ(decoded->objects.size(), 2U);
  EXPECT_EQ(decoded->objects[0].stored_sha256, Hex('b'));
}

TEST(ManifestTest, ErasuresAreContainedUpToAnIdAndOneByOneAfterIt) {
  BackupManifest manifest = Sample();
  EXPECT_EQ(EncodeManifest(manifest)->find("erased_also"), std::string::npos) << "written only if needed";
  manifest.erased_through = "01B";
  manifest.erased_also = {"01D", "01F"};
  const Result<BackupManifest> decoded = DecodeManifest(EncodeManifest(manifest).value());
  ASSERT_OK(decoded);
  EXPECT_EQ(decoded->erased_also, manifest.erased_also);
  for (const char* id : {"01A", "01B", "01D", "01F"}) EXPECT_TRUE(decoded->ContainsErasure(id)) << id;
  for (const char* id : {"01C", "01E", "01G"}) EXPECT_FALSE(decoded->ContainsErasure(id)) << id;
  const Result<BackupManifest> unsorted = DecodeManifest(With([](Json& json) { json["erased_also"] = {"02C", "02B"}; }));
  ASSERT_OK(unsorted);
  EXPECT_TRUE(unsorted->ContainsErasure("02B"));
  EXPECT_FALSE(DecodeManifest(With([](Json& json) { json["erased_through"] = ""; }))->ContainsErasure("01A"));
}

TEST(ManifestTest, TheSealedPartComesBackAsItWas) {
  const SealedManifest sealed = SampleSealed();
  const Result<std::string> text = EncodeSealedManifest(sealed);
  ASSERT_OK(text);
  const Result<SealedManifest> decoded = DecodeSealedManifest(*text, Sample());
  ASSERT_OK(decoded);
  EXPECT_EQ(EncodeSealedManifest(*decoded).value(), *text);
  EXPECT_EQ(decoded->by_owner, sealed.by_owner);
  EXPECT_EQ(decoded->files[1].name, "000001.sst");
  EXPECT_EQ(decoded->files[1].size_bytes, 20U);
}

TEST(ManifestTest, UnknownMembersArePassedOver) {
  ASSERT_OK(DecodeManifest(With([](Json& json) {
    json["later"] = {{"a", {1, 2}}};
    json["objects"][0]["later"] = 1;
  })));
  ASSERT_OK(DecodeSealedManifest(SealedWith([](Json& json) {
                                   json["later"] = true;
                                   json["files"][0]["later"] = 1;
                                 }),
                                 Sample()));
}

TEST(ManifestTest, AnUnknownMemberThatIsRequiredIsRefusedByName) {
  ASSERT_OK(DecodeManifest(With([](Json& json) { json["required"] = {"objects"}; })));
  const Result<BackupManifest> refused = DecodeManifest(With([](Json& json) {
    json["required"] = {"objects", "parity_objects"};
  }));
  EXPECT_CODE(refused, kUnavailable);
  EXPECT_NE(refused.status().message().find("parity_objects"), std::string::npos) << refused.status().message();
  EXPECT_CODE(DecodeManifest(With([](Json& json) { json["required"] = {7}; })), kCorruption);
}

TEST(ManifestTest, ANewerLayoutOrStoreIsRefusedByItsNumber) {
  const Result<BackupManifest> layout = DecodeManifest(With([](Json& json) { json["coffer_manifest"] = 2; }));
  EXPECT_CODE(layout, kUnavailable);
  EXPECT_NE(layout.status().message().find("layout 2"), std::string::npos) << layout.status().message();
  EXPECT_CODE(DecodeManifest("{\"coffer_manifest\":2,\"anything\":[]}\n"), kUnavailable) << "it may have another checksum";
  for (const std::uint64_t format : {std::uint64_t{1000}, (std::uint64_t{1} << 32) - 1}) {
    const Result<BackupManifest> store = DecodeManifest(With([&](Json& json) { json["store_format"] = format; }));
    EXPECT_CODE(store, kUnavailable);
    EXPECT_NE(store.status().message().find(std::to_string(format)), std::string::npos);
  }
  EXPECT_CODE(DecodeSealedManifest(SealedWith([](Json& json) { json["coffer_sealed"] = 2; }), Sample()), kUnavailable);
}

TEST(ManifestTest, EveryChangedByteIsSeen) {
  const std::string good = EncodeManifest(Sample()).value();
  for (std::size_t at = 0; at + 1 < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    EXPECT_CODE(DecodeManifest(bad), kCorruption) << at;
    EXPECT_CODE(DecodeManifest(good.substr(0, at)), kCorruption) << at;
  }
}

TEST(ManifestTest, AHostilePlainPartIsRefused) {
  const std::vector<std::pair<const char*, Change>> changes = {
      {"id that is a path", [](Json& json) { json["id"] = "../../x"; }},
      {"id that is empty", [](Json& json) { json["id"] = ""; }},
      {"malformed pool", [](Json& json) { json["pool"] = std::string("a\0b", 3); }},
      {"no id", [](Json& json) { json.erase("id"); }},
      {"name of another type", [](Json& json) { json["name"] = {1}; }},
      {"object id that is a path", [](Json& json) { json["objects"][0]["id"] = "../" + std::string(61, 'a'); }},
      {"object id in capitals", [](Json& json) { json["objects"][0]["id"] = Hex('A'); }},
      {"object twice", [](Json& json) { json["objects"][1]["id"] = Hex('a'); }},
      {"no objects", [](Json& json) { json["objects"] = Json::array(); }},
      {"objects of another type", [](Json& json) { json["objects"] = 5; }},
      {"an object of another type", [](Json& json) { json["objects"][0] = "x"; }},
      {"object size too large", [](Json& json) { json["objects"][0]["stored_bytes"] = std::uint64_t{1} << 62; }},
      {"object size negative", [](Json& json) { json["objects"][0]["stored_bytes"] = -1; }},
      {"object size a fraction", [](Json& json) { json["objects"][0]["stored_bytes"] = 1.5; }},
      {"object size beyond all numbers", [](Json& json) { json["objects"][0]["stored_bytes"] = 1e300; }},
      {"object digest", [](Json& json) { json["objects"][0]["stored_sha256"] = "no"; }},
      {"sealed part too long", [](Json& json) { json["sealed_bytes"] = kManifestBytesMax + 1; }},
      {"sealed part of negative length", [](Json& json) { json["sealed_bytes"] = -5; }},
      {"sealed digest", [](Json& json) { json["sealed_sha256"] = ""; }},
      {"file bytes negative", [](Json& json) { json["file_bytes"] = -1; }},
      {"records a fraction", [](Json& json) { json["record_count"] = 0.5; }},
      {"the last possible sequence", [](Json& json) { json["sequence"] = ~std::uint64_t{0}; }},
      {"store format that wraps to ours", [](Json& json) { json["store_format"] = (std::uint64_t{1} << 32) + 1; }},
      {"type", [](Json& json) { json["backup_type"] = "partial"; }},
      {"reason", [](Json& json) { json["reason"] = "because"; }},
      {"time", [](Json& json) { json["created_at"] = "yesterday"; }},
      {"flag", [](Json& json) { json["encrypted"] = 1; }},
      {"recipients", [](Json& json) { json["recipients"] = {1}; }},
      {"erasures of another type", [](Json& json) { json["erased_also"] = 5; }},
      {"an erasure of another type", [](Json& json) { json["erased_also"] = {5}; }},
      {"malformed erasure", [](Json& json) { json["erased_also"] = {"../x"}; }},
      {"required of another type",
       [](Json& json) {
         json["required"] = {{"a", 1}};
       }},
  };
  for (const auto& [what, change] : changes) EXPECT_CODE(DecodeManifest(With(change)), kCorruption) << what;
}

TEST(ManifestTest, TextThatIsNoManifestIsRefused) {
  std::string nested = "{\"coffer_manifest\":1,\"a\":";
  for (int i = 0; i < 200'000; ++i) nested += "[";
  const std::string closed = nested + std::string(200'000, ']') + "}";
  std::string latin = With([](Json&) {});
  latin = latin.substr(0, latin.rfind(",\"manifest_sha256\"")) + ",\"later\":\"\xFF\"}";
  std::string with_null = "{\"coffer_manifest\":1,\"a\":";
  with_null += '\0';
  with_null += "}";
  for (const std::string& text : {std::string("{}"), std::string("{\"coffer_manifest\":1}"), nested + "}", closed, latin,
                                  with_null, std::string("{\"coffer_manifest\":1,\"id\":")}) {
    EXPECT_CODE(DecodeManifest(Signed(text)), kCorruption) << text.substr(0, 60);
  }
  for (const std::string& text : {std::string(), std::string("\n"), std::string("{}\n"), std::string(1000, '{'),
                                  std::string("{\"coffer_manifest\":\n")}) {
    EXPECT_CODE(DecodeManifest(text), kCorruption) << text.substr(0, 60);
  }
}

TEST(ManifestTest, AHostileSealedPartIsRefused) {
  const std::vector<std::pair<const char*, Change>> changes = {
      {"empty name", [](Json& json) { json["files"][0]["name"] = ""; }},
      {"name that is a path", [](Json& json) { json["files"][0]["name"] = "a/b"; }},
      {"name above", [](Json& json) { json["files"][0]["name"] = ".."; }},
      {"name here", [](Json& json) { json["files"][0]["name"] = "."; }},
      {"name with NUL", [](Json& json) { json["files"][0]["name"] = std::string("CURRENT\0", 8); }},
      {"name too long", [](Json& json) { json["files"][0]["name"] = std::string(256, 'x'); }},
      {"name twice", [](Json& json) { json["files"][1]["name"] = "CURRENT"; }},
      {"object after the last", [](Json& json) { json["files"][0]["object"] = 2; }},
      {"object before the first", [](Json& json) { json["files"][0]["object"] = -1; }},
      {"object between two", [](Json& json) { json["files"][0]["object"] = 0.5; }},
      {"size too large", [](Json& json) { json["files"][0]["size_bytes"] = std::uint64_t{1} << 63; }},
      {"sizes that overflow to the right sum",
       [](Json& json) {
         json["files"][0]["size_bytes"] = std::uint64_t{1} << 63;
         json["files"][1]["size_bytes"] = (std::uint64_t{1} << 63) + 30;
       }},
      {"size negative", [](Json& json) { json["files"][0]["size_bytes"] = -10; }},
      {"sizes that are not those of the plain part", [](Json& json) { json["files"][0]["size_bytes"] = 11; }},
      {"digest", [](Json& json) { json["files"][0]["sha256"] = Hex('G'); }},
      {"no files", [](Json& json) { json["files"] = Json::array(); }},
      {"files of another type", [](Json& json) { json["files"] = "x"; }},
      {"unknown kind", [](Json& json) { json["owners"]["anna"]["things"] = json["owners"]["anna"]["conversations"]; }},
      {"count that is not the sum", [](Json& json) { json["owners"]["anna"]["conversations"]["count"] = 3; }},
      {"count negative", [](Json& json) { json["owners"]["anna"]["conversations"]["count"] = -1; }},
      {"bytes that are not the sum", [](Json& json) { json["kinds"]["conversations"]["bytes"] = 99; }},
      {"digest that is not the sum", [](Json& json) { json["kinds"]["conversations"]["digest"] = std::string(32, '0'); }},
      {"digest of a tally", [](Json& json) { json["kinds"]["conversations"]["digest"] = "1"; }},
      {"one owner too few", [](Json& json) { json["owners"].erase("anna"); }},
      {"owners of another type", [](Json& json) { json["owners"] = 1; }},
      {"version", [](Json& json) { json["coffer_sealed"] = -1; }},
  };
  for (const auto& [what, change] : changes) {
    EXPECT_CODE(DecodeSealedManifest(SealedWith(change), Sample()), kCorruption) << what;
  }
  BackupManifest other = Sample();
  other.info.record_count = 4;
  EXPECT_CODE(DecodeSealedManifest(EncodeSealedManifest(SampleSealed()).value(), other), kCorruption);
  const std::string good = EncodeSealedManifest(SampleSealed()).value();
  for (const std::string& text : {std::string(), std::string("[]"), std::string("{\"coffer_sealed\":1}"), good.substr(0, 99),
                                  std::string(100'000, '['), "{\"coffer_sealed\":\"\xFF\"}" + std::string()}) {
    EXPECT_CODE(DecodeSealedManifest(text, Sample()), kCorruption) << text.substr(0, 40);
  }
}

TEST(ManifestTest, WhatIsNoUtf8IsNotWritten) {
  BackupManifest manifest = Sample();
  manifest.info.description = "\xC3";
  EXPECT_CODE(EncodeManifest(manifest), kInvalidArgument);
}

}  // namespace
}  // namespace coffer::operations
