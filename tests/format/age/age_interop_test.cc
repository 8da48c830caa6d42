// Files that the `age` program writes and reads.
#include <fstream>
#include <vector>

#include "age_files.h"
#include "support/program.h"
#include "support/temp_directory.h"

namespace coffer::format {
namespace {

class AgeProgram : public testing::Test {
 protected:
  void SetUp() override {
    NEEDS_PROGRAM("age");
    NEEDS_PROGRAM("age-keygen");
  }

  std::string Write(const std::string& name, std::string_view bytes) const {
    std::ofstream(directory_.File(name), std::ios::binary) << bytes;
    return directory_.File(name);
  }
  ProgramAnswer Run(std::vector<std::string> words, std::string_view input = {}) const {
    return RunProgram(directory_.path(), std::move(words), input);
  }

  TempDirectory directory_;
  const AgeIdentity identity_ = NewIdentity();
};

const std::size_t kSizes[] = {0, 1, kAgeChunkBytes - 1, kAgeChunkBytes, kAgeChunkBytes + 1, 4 * kAgeChunkBytes + 1234};

TEST_F(AgeProgram, ReadsWhatWeWrite) {
  const std::string key = Write("key", identity_.Text() + "\n");
  const std::vector<AgeRecipient> recipients = {NewIdentity().recipient(), identity_.recipient()};
  for (const std::size_t bytes : kSizes) {
    const std::string plain = RandomBytes(bytes, 20);
    const ProgramAnswer answer = Run({"age", "-d", "-i", key}, Encrypt(plain, recipients));
    EXPECT_EQ(answer.status, 0) << answer.err;
    EXPECT_EQ(answer.out, plain) << bytes << " bytes";
  }
}

TEST_F(AgeProgram, WritesWhatWeRead) {
  for (const std::size_t bytes : kSizes) {
    const std::string plain = RandomBytes(bytes, 21);
    const ProgramAnswer answer =
        Run({"age", "-r", AgeRecipientText(NewIdentity().recipient()), "-r", AgeRecipientText(identity_.recipient())}, plain);
    ASSERT_EQ(answer.status, 0) << answer.err;
    const Result<std::string> back = Decrypt(answer.out, std::span(&identity_, 1));
    ASSERT_OK(back);
    EXPECT_EQ(*back, plain) << bytes << " bytes";
  }
}

TEST_F(AgeProgram, MakesIdentitiesThatWeParse) {
  const ProgramAnswer made = Run({"age-keygen"});
  ASSERT_EQ(made.status, 0) << made.err;
  const Result<std::vector<AgeIdentity>> identities = ParseAgeIdentities(made.out);
  ASSERT_OK(identities);
  ASSERT_EQ(identities->size(), 1U);
  const std::string recipient = AgeRecipientText(identities->front().recipient());
  EXPECT_NE(made.out.find("# public key: " + recipient + "\n"), std::string::npos) << made.out;
  EXPECT_NE(made.out.find("\n" + identities->front().Text() + "\n"), std::string::npos);
}

TEST_F(AgeProgram, KnowsTheRecipientOfAnIdentityOfOurs) {
  const ProgramAnswer answer = Run({"age-keygen", "-y"}, identity_.Text() + "\n");
  EXPECT_EQ(answer.status, 0) << answer.err;
  EXPECT_EQ(answer.out, AgeRecipientText(identity_.recipient()) + "\n");
}

TEST_F(AgeProgram, ArmoredFilesAreRefusedByName) {
  const ProgramAnswer answer = Run({"age", "-a", "-r", AgeRecipientText(identity_.recipient())}, "text");
  ASSERT_EQ(answer.status, 0) << answer.err;
  const Status status = Decrypt(answer.out, std::span(&identity_, 1)).status();
  EXPECT_CODE(status, kUnavailable);
  EXPECT_NE(status.message().find("armored"), std::string::npos);
}

TEST_F(AgeProgram, RefusesWhatWeRefuse) {
  const std::string key = Write("key", identity_.Text() + "\n");
  const std::string file = Encrypt(RandomBytes(kAgeChunkBytes + 9, 22), std::span(&identity_.recipient(), 1));
  std::string damaged = file;
  damaged[damaged.size() - 30] ^= 1;
  for (const std::string& other : {damaged, file.substr(0, file.size() - 25), file + "x"}) {
    EXPECT_NE(Run({"age", "-d", "-i", key}, other).status, 0);
    EXPECT_CODE(Decrypt(other, std::span(&identity_, 1)), kCorruption);
  }
}

}  // namespace
}  // namespace coffer::format
