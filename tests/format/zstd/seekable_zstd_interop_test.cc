// Seekable files are read by the `zstd` program, also under `age`.
#include <fstream>
#include <vector>

#include "format/age/age_files.h"
#include "seekable_files.h"
#include "support/program.h"
#include "support/temp_directory.h"

namespace coffer::format {
namespace {

class ZstdProgram : public testing::Test {
 protected:
  void SetUp() override { NEEDS_PROGRAM("zstd"); }

  ProgramAnswer Run(std::vector<std::string> words, std::string_view input) const {
    return RunProgram(directory_.path(), std::move(words), input);
  }

  TempDirectory directory_;
};

std::vector<std::string> Samples() {
  std::vector<std::string> samples;
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, kRawFrameBytes, kRawFrameBytes + 1, kSeekableFrameBytes - 1,
                                  kSeekableFrameBytes, kSeekableFrameBytes + 1, std::size_t{3'000'000}}) {
    samples.push_back(SampleText(bytes));
    samples.push_back(RandomBytes(bytes, 40));
  }
  samples.push_back(SampleText(700'000) + RandomBytes(4'000'000, 41) + SampleText(700'000));
  return samples;
}

TEST_F(ZstdProgram, ReadsWhatWeWrite) {
  for (const std::string& plain : Samples()) {
    for (const bool compress : {false, true}) {
      const std::string file = SeekableFile(plain, compress);
      const ProgramAnswer answer = Run({"zstd", "-d", "-c"}, file);
      EXPECT_EQ(answer.status, 0) << answer.err;
      EXPECT_TRUE(answer.out == plain) << plain.size() << " bytes, compress " << compress;
      EXPECT_EQ(Run({"zstd", "-t", "-q"}, file).status, 0);
    }
  }
}

TEST_F(ZstdProgram, ReadsAFileWithinOneOfAge) {
  NEEDS_PROGRAM("age");
  const AgeIdentity identity = NewIdentity();
  std::ofstream(directory_.File("key")) << identity.Text() << "\n";
  for (const std::string& plain : Samples()) {
    std::string file;
    AgeEncryptor encryptor(std::span(&identity.recipient(), 1), [&](std::string_view bytes) {
      file += bytes;
      return Status::Ok();
    });
    SeekableZstdWriter writer(/*compress=*/true, [&](std::string_view bytes) { return encryptor.Write(bytes); });
    ASSERT_OK(writer.Write(plain));
    ASSERT_OK(writer.Finish());
    ASSERT_OK(encryptor.Finish());
    const ProgramAnswer decrypted = Run({"age", "-d", "-i", "key"}, file);
    ASSERT_EQ(decrypted.status, 0) << decrypted.err;
    EXPECT_TRUE(Run({"zstd", "-d", "-c"}, decrypted.out).out == plain) << plain.size() << " bytes";

    const auto sealed = AgeReader::Open(SourceOf(file), file.size(), std::span(&identity, 1));
    ASSERT_OK(sealed);
    const RangeReader source = [&](std::uint64_t offset, std::size_t length, char* buffer) {
      return (*sealed)->Read(offset, length, buffer);
    };
    const auto reader = SeekableZstdReader::Open(source, (*sealed)->size_bytes());
    ASSERT_OK(reader);
    std::string frame;
    for (std::size_t i = (*reader)->frames(); i-- > 0;) {
      ASSERT_OK((*reader)->ReadFrame(i, frame));
      EXPECT_TRUE(frame == plain.substr((*reader)->FrameOffset(i), frame.size())) << "frame " << i;
    }
  }
}

}  // namespace
}  // namespace coffer::format
