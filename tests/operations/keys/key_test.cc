#include "coffer/key.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "format/records/sha256.h"
#include "operations/keys/key_folder.h"
#include "operations/operations_fixture.h"
#include "support/manual_clock.h"
#include "support/program.h"

namespace coffer::operations {
namespace {

using format::AgeIdentity;
using format::AgeRecipient;

// Written by age-keygen.
constexpr std::string_view kMadeElsewhere =
    "# created: 2026-11-25T19:12:40Z\n"
    "# public key: age1g5daftk7tx6lahvkq9ccknkjlg79cpq2wketuss9yg83myry4ahqtl9752\n"
    "AGE-SECRET-KEY-1WHW75MNP6U9QT4AZY3G6MMGKPFT2NR7WD5FUQZF4LD4CGK5AL0DQ5DTDHG\n";
constexpr std::string_view kRecipientElsewhere = "age1g5daftk7tx6lahvkq9ccknkjlg79cpq2wketuss9yg83myry4ahqtl9752";
constexpr std::string_view kSecretElsewhere = "AGE-SECRET-KEY-1WHW75MNP6U9QT4AZY3G6MMGKPFT2NR7WD5FUQZF4LD4CGK5AL0DQ5DTDHG";

using Texts = std::vector<std::string>;

Texts TextsOf(const Result<std::vector<AgeRecipient>>& recipients) {
  EXPECT_OK(recipients);
  Texts texts;
  if (!recipients.ok()) return texts;
  for (const AgeRecipient& recipient : *recipients) texts.push_back(AgeRecipientText(recipient));
  return texts;
}

unsigned ModeOf(const std::string& path) {
  struct stat info = {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777U;
}

class KeyFolderTest : public ::testing::Test {
 protected:
  void Write(std::string_view name, std::string_view text) { WriteBytes(PathOf(name), text); }
  std::string Read(std::string_view name) const { return ReadBytes(PathOf(name)); }
  bool IsThere(std::string_view name) const { return std::filesystem::exists(PathOf(name)); }
  std::string PathOf(std::string_view name) const { return path_ + "/" + std::string(name); }
  Texts Recipients() { return TextsOf(keys_.Recipients()); }

  TempDirectory folder_;
  FailingFileSystem files_{PosixFileSystem()};
  const std::string path_ = folder_.File("keys");
  KeyFolder keys_{files_, path_};
  const Timestamp now_ = ParseTimestamp("2026-11-25T12:00:00Z").value();
};

TEST_F(KeyFolderTest, WithoutKeysThereAreNoneAndReadingMakesNone) {
  EXPECT_TRUE(Recipients().empty());
  EXPECT_TRUE(keys_.Identities({}).value().empty());
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(KeyFolderTest, AGeneratedIdentityIsItsOwnersAloneAndLaidOutAsAgeKeygenDoes) {
  ASSERT_OK(keys_.Generate(now_));
  EXPECT_EQ(ModeOf(PathOf("identity.txt")), 0600U);
  const std::vector<AgeIdentity> identities = keys_.Identities({}).value();
  ASSERT_EQ(identities.size(), 1U);
  const std::string recipient = AgeRecipientText(identities[0].recipient());
  EXPECT_EQ(Read("identity.txt"),
            "# created: 2026-11-25T12:00:00.000000Z\n# public key: " + recipient + "\n" + identities[0].Text() + "\n");
  EXPECT_EQ(Recipients(), Texts{recipient});
}

TEST_F(KeyFolderTest, TheAgeProgramTakesAGeneratedIdentity) {
  NEEDS_PROGRAM("age-keygen");
  ASSERT_OK(keys_.Generate(now_));
  const ProgramAnswer answer = RunProgram(path_, {"age-keygen", "-y", "identity.txt"});
  EXPECT_EQ(answer.status, 0) << answer.err;
  EXPECT_EQ(answer.out, Recipients().at(0) + "\n");
}

TEST_F(KeyFolderTest, AnIdentityMadeElsewhereIsRead) {
  Write("identity.txt", kMadeElsewhere);
  EXPECT_EQ(Recipients(), Texts{std::string(kRecipientElsewhere)});
  EXPECT_EQ(keys_.Identities({}).value().at(0).Text(), kSecretElsewhere);
  EXPECT_EQ(TextsOf(keys_.EnsureRecipients(now_)), Recipients());
}

TEST_F(KeyFolderTest, NoIdentityIsOverwrittenNotEvenADamagedOne) {
  for (const std::string_view text : {kMadeElsewhere, std::string_view("damaged"), std::string_view()}) {
    Write("identity.txt", text);
    EXPECT_CODE(keys_.Generate(now_), kAlreadyExists);
    EXPECT_EQ(keys_.EnsureRecipients(now_).ok(), text == kMadeElsewhere);
    EXPECT_EQ(Read("identity.txt"), text);
    EXPECT_FALSE(IsThere("identity.txt.partial"));
  }
}

TEST_F(KeyFolderTest, RecipientsAloneAreEnoughAndNoIdentityIsMadeBesideThem) {
  Write("recipients.txt", "# of the machine that restores\n\n" + std::string(kRecipientElsewhere) + "\r\n");
  EXPECT_EQ(TextsOf(keys_.EnsureRecipients(now_)), Texts{std::string(kRecipientElsewhere)});
  EXPECT_TRUE(keys_.Identities({}).value().empty());
  EXPECT_FALSE(IsThere("identity.txt"));
}

TEST_F(KeyFolderTest, TheIdentitysRecipientComesFirstAndEachOnce) {
  const std::string other = AgeRecipientText(AgeIdentity::Generate().value().recipient());
  Write("identity.txt", kMadeElsewhere);
  Write("recipients.txt", other + "\n" + std::string(kRecipientElsewhere) + "\n" + other + "\n");
  EXPECT_EQ(Recipients(), (Texts{std::string(kRecipientElsewhere), other}));
}

TEST_F(KeyFolderTest, EncryptingMakesOneIdentityAndKeepsToIt) {
  const Texts made = TextsOf(keys_.EnsureRecipients(now_));
  EXPECT_EQ(made.size(), 1U);
  const std::string text = Read("identity.txt");
  EXPECT_EQ(TextsOf(keys_.EnsureRecipients({now_.microseconds + 1})), made);
  EXPECT_EQ(Read("identity.txt"), text);
}

TEST_F(KeyFolderTest, TheObjectIdKeyIsMadeOnceForItsOwnerAlone) {
  const std::string key = keys_.ObjectIdKey().value();
  EXPECT_EQ(key.size(), 32U);
  EXPECT_EQ(Read("object-id.key"), format::HexText(key) + "\n");
  EXPECT_EQ(ModeOf(PathOf("object-id.key")), 0600U);
  EXPECT_EQ(keys_.ObjectIdKey().value(), key);
  EXPECT_FALSE(IsThere("identity.txt"));
  EXPECT_NE(KeyFolder(files_, folder_.File("others")).ObjectIdKey().value(), key);
}

TEST_F(KeyFolderTest, ADamagedFileIsNamedWithItsLineAndWithoutItsText) {
  std::string secret(kSecretElsewhere);
  secret[40] = secret[40] == 'Q' ? 'P' : 'Q';
  Write("identity.txt", "# a\n\n" + secret + "\n");
  for (const Status& status : {keys_.Recipients().status(), keys_.Identities({}).status()}) {
    EXPECT_CODE(status, kCorruption);
    EXPECT_NE(status.message().find(PathOf("identity.txt") + ": line 3"), std::string_view::npos) << status.ToString();
    EXPECT_EQ(status.message().find(secret.substr(16, 8)), std::string_view::npos) << status.ToString();
  }
  std::filesystem::remove(PathOf("identity.txt"));
  Write("recipients.txt", std::string(kRecipientElsewhere) + "\nage1nonsense\n");
  const Status status = keys_.EnsureRecipients(now_).status();
  EXPECT_CODE(status, kCorruption);
  EXPECT_NE(status.message().find(PathOf("recipients.txt") + ": line 2"), std::string_view::npos) << status.ToString();
  EXPECT_EQ(status.message().find("nonsense"), std::string_view::npos) << status.ToString();
}

// A file of recipients without its text must not mean that there are no recipients.
TEST_F(KeyFolderTest, AFileWithoutAKeyIsDamagedAndNoIdentityIsMadeInItsPlace) {
  for (const char* name : {"identity.txt", "recipients.txt"}) {
    for (const char* text : {"", "\n", "# nothing yet\n"}) {
      Write(name, text);
      EXPECT_CODE(keys_.Recipients(), kCorruption);
      EXPECT_CODE(keys_.EnsureRecipients(now_), kCorruption);
      EXPECT_EQ(Read(name), text);
    }
    std::filesystem::remove(PathOf(name));
    EXPECT_FALSE(IsThere("identity.txt"));
  }
}

TEST_F(KeyFolderTest, AFileThatIsTooLongIsRefused) {
  const std::string comment = "#" + std::string(kKeyFileBytesMax - 2 - kMadeElsewhere.size(), 'x') + "\n";
  Write("identity.txt", comment + std::string(kMadeElsewhere));
  EXPECT_OK(keys_.Recipients());
  Write("identity.txt", comment + std::string(kMadeElsewhere) + "\n");
  EXPECT_CODE(keys_.Recipients(), kResourceExhausted);
  Write("object-id.key", std::string(kKeyFileBytesMax + 1, '0'));
  EXPECT_CODE(keys_.ObjectIdKey(), kResourceExhausted);
}

TEST_F(KeyFolderTest, ADamagedObjectIdKeyIsNamedAndLeftAsItIs) {
  const std::string digits(64, 'a');
  for (const std::string& text : {std::string(), digits, digits + "\r\n", digits + "\n\n", digits.substr(2) + "\n",
                                  digits.substr(1) + "g\n", "0x" + digits.substr(2) + "\n", " -" + digits.substr(2) + "\n"}) {
    Write("object-id.key", text);
    const Status status = keys_.ObjectIdKey().status();
    EXPECT_CODE(status, kCorruption) << text;
    EXPECT_NE(status.message().find(PathOf("object-id.key")), std::string_view::npos);
    EXPECT_EQ(status.message().find("aaaa"), std::string_view::npos);
    EXPECT_EQ(Read("object-id.key"), text);
  }
  Write("object-id.key", digits + "\n");
  EXPECT_EQ(keys_.ObjectIdKey().value(), std::string(32, '\xaa'));
}

TEST_F(KeyFolderTest, AnIdentityFileThatIsNamedMustBeThereAndBeOne) {
  const std::string named = folder_.File("named.txt");
  EXPECT_CODE(keys_.Identities(named), kNotFound);
  WriteBytes(named, kMadeElsewhere);
  EXPECT_EQ(keys_.Identities(named).value().size(), 1U);
  WriteBytes(named, "# none\n" + std::string(kRecipientElsewhere));
  const Status status = keys_.Identities(named).status();
  EXPECT_CODE(status, kInvalidArgument);
  EXPECT_NE(status.message().find(named + ": line 2"), std::string_view::npos) << status.ToString();
  EXPECT_EQ(status.message().find(kRecipientElsewhere), std::string_view::npos) << status.ToString();
}

TEST_F(KeyFolderTest, WhatACrashLeftOfAKeyIsReplaced) {
  Write("identity.txt.partial", kMadeElsewhere.substr(0, 100));
  Write("object-id.key.partial", "abc");
  ASSERT_OK(keys_.Generate(now_));
  ASSERT_OK(keys_.ObjectIdKey());
  EXPECT_NE(Recipients().at(0), kRecipientElsewhere);
  EXPECT_EQ(ModeOf(PathOf("identity.txt")), 0600U) << "not the mode of the temporary file";
  EXPECT_FALSE(IsThere("identity.txt.partial"));
  EXPECT_FALSE(IsThere("object-id.key.partial"));
}

TEST_F(KeyFolderTest, WhatWasMadeSurvivesALossOfPower) {
  const Texts recipients = TextsOf(keys_.EnsureRecipients(now_));
  const std::string key = keys_.ObjectIdKey().value();
  ASSERT_OK(files_.DropUnsynced());
  EXPECT_EQ(Recipients(), recipients);
  EXPECT_EQ(keys_.ObjectIdKey().value(), key);
}

// Whichever call fails, with or without power loss.
TEST_F(KeyFolderTest, GeneratingThatFailsAnywhereLeavesNoIdentityOrAWholeOne) {
  for (const bool lose_power : {false, true}) {
    std::uint64_t nth = 1;
    for (;; ++nth) {
      SCOPED_TRACE("call " + std::to_string(nth));
      files_.FailOn({.operation = FileOperation::kAny, .nth = nth, .torn_bytes = 100});
      const Status made = keys_.Generate(now_);
      files_.Heal();
      ASSERT_OK(lose_power ? files_.DropUnsynced() : Status::Ok());
      const std::size_t identities = keys_.Identities({}).value().size();
      EXPECT_TRUE(lose_power || !IsThere("identity.txt.partial"));
      EXPECT_LE(identities, 1U);
      std::filesystem::remove_all(path_);
      if (!made.ok()) continue;
      EXPECT_EQ(identities, 1U);
      break;
    }
    EXPECT_GE(nth, 10U) << "looks, folder, temporary file, bytes, syncs, name";
  }
}

// After a failed call the next one must not take its temporary file for durable.
TEST_F(KeyFolderTest, AnIdentityThatWasEncryptedToSurvivesALossOfPowerWhateverFailedBefore) {
  std::uint64_t nth = 1;
  for (bool failed = true; failed; ++nth) {
    SCOPED_TRACE("call " + std::to_string(nth));
    files_.FailOn({.operation = FileOperation::kAny, .nth = nth});
    failed = !keys_.EnsureRecipients(now_).ok();
    files_.Heal();
    const Texts encrypted_to = TextsOf(keys_.EnsureRecipients(now_));
    EXPECT_EQ(encrypted_to.size(), 1U);
    ASSERT_OK(files_.DropUnsynced());
    EXPECT_EQ(Recipients(), encrypted_to);
    std::filesystem::remove_all(path_);
  }
  EXPECT_GE(nth, 10U);
}

TEST_F(KeyFolderTest, AnObjectIdKeyThatCouldNotBeMadeIsMadeByTheNextCall) {
  std::uint64_t nth = 1;
  for (bool failed = true; failed; ++nth) {
    SCOPED_TRACE("call " + std::to_string(nth));
    files_.FailOn({.operation = FileOperation::kAny, .nth = nth, .torn_bytes = 10});
    failed = !keys_.ObjectIdKey().ok();
    files_.Heal();
    const std::string key = keys_.ObjectIdKey().value();
    EXPECT_EQ(Read("object-id.key"), format::HexText(key) + "\n");
    std::filesystem::remove_all(path_);
  }
  EXPECT_GE(nth, 10U);
}

TEST_F(KeyFolderTest, AFullDiskLeavesNoIdentity) {
  files_.LimitBytes(50);
  EXPECT_CODE(keys_.Generate(now_), kResourceExhausted);
  EXPECT_TRUE(std::filesystem::is_empty(path_));
}

TEST_F(KeyFolderTest, OfSeveralThreadsOneMakesTheKeysAndAllHaveTheSame) {
  constexpr std::size_t kThreads = 4;
  std::vector<Texts> recipients(kThreads);
  Texts object_id_keys(kThreads);
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      KeyFolder own(files_, path_);
      recipients[i] = TextsOf(own.EnsureRecipients(now_));
      object_id_keys[i] = own.ObjectIdKey().value();
      EXPECT_CODE(own.Generate(now_), kAlreadyExists);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(recipients[0].size(), 1U);
  EXPECT_EQ(std::set(recipients.begin(), recipients.end()).size(), 1U);
  EXPECT_EQ(std::set(object_id_keys.begin(), object_id_keys.end()).size(), 1U);
}

// Through an engine.

class KeyTest : public OperationsTest {
 protected:
  ~KeyTest() override { engine_.reset(); }
  void SetUp() override {
    options_.clock = &clock_;
    options_.file_system = &files_;
    Open(options_);
  }
  std::string IdentityPath() const { return store_path() + "/keys/identity.txt"; }

  ManualClock clock_{ParseTimestamp("2026-11-25T12:00:00Z").value().microseconds};
  OpenOptions options_;
};

TEST_F(KeyTest, ANewStoreHasNoKeysUntilTheyAreGenerated) {
  Result<KeyInfo> none = ShowKeys(engine());
  ASSERT_OK(none);
  EXPECT_TRUE(none->recipients.empty());
  EXPECT_EQ(none->identity_file, "");
  EXPECT_FALSE(std::filesystem::exists(store_path() + "/keys"));

  Result<KeyInfo> made = GenerateKey(engine());
  ASSERT_OK(made);
  ASSERT_EQ(made->recipients.size(), 1U);
  EXPECT_EQ(made->identity_file, IdentityPath());
  const std::string text = ReadBytes(IdentityPath());
  EXPECT_TRUE(text.starts_with("# created: 2026-11-25T12:00:00.000000Z\n# public key: " + made->recipients[0] + "\n"));
  Open(options_);
  EXPECT_EQ(ShowKeys(engine()).value().recipients, made->recipients);
  EXPECT_CODE(GenerateKey(engine()), kAlreadyExists);
  EXPECT_EQ(ReadBytes(IdentityPath()), text);
}

TEST_F(KeyTest, AReadOnlyEngineShowsKeysAndMakesNone) {
  options_.read_only = true;
  Open(options_);
  EXPECT_CODE(GenerateKey(engine()), kPermissionDenied);
  EXPECT_TRUE(ShowKeys(engine()).value().recipients.empty());
  EXPECT_FALSE(std::filesystem::exists(store_path() + "/keys"));
  WriteBytes(IdentityPath(), kMadeElsewhere);
  EXPECT_EQ(ShowKeys(engine()).value().recipients, Texts{std::string(kRecipientElsewhere)});
}

TEST_F(KeyTest, RecipientsWithoutAnIdentityAreShownWithoutItsFile) {
  WriteBytes(store_path() + "/keys/recipients.txt", kRecipientElsewhere);
  EXPECT_EQ(ShowKeys(engine()).value().recipients, Texts{std::string(kRecipientElsewhere)});
  EXPECT_EQ(ShowKeys(engine()).value().identity_file, "");
}

TEST_F(KeyTest, ADamagedKeyFileIsCorruption) {
  WriteBytes(IdentityPath(), "# \nAGE-SECRET-KEY-1QQQQ\n");
  const Status status = ShowKeys(engine()).status();
  EXPECT_CODE(status, kCorruption);
  EXPECT_NE(status.message().find("identity.txt: line 2"), std::string_view::npos) << status.ToString();
  EXPECT_EQ(status.message().find("QQQQ"), std::string_view::npos);
}

TEST_F(KeyTest, AGeneratedKeySurvivesALossOfPower) {
  const KeyInfo made = GenerateKey(engine()).value();
  files_.CutPower();
  engine_.reset();
  files_.RestorePower();
  ASSERT_OK(files_.DropUnsynced());
  Open(options_);
  EXPECT_EQ(ShowKeys(engine()).value().recipients, made.recipients);
}

}  // namespace
}  // namespace coffer::operations
