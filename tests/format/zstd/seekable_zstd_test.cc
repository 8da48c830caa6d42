#include "format/zstd/seekable_zstd.h"

#define XXH_INLINE_ALL
#include <xxhash.h>
#include <zstd.h>

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "format/age/age.h"
#include "format/zstd/compression.h"
#include "format/zstd/seek_table.h"
#include "seekable_files.h"
#include "vocabulary/fixed_width.h"

namespace coffer::format {
namespace {

constexpr std::size_t kRawFrameOverhead = 9 + 3 + 4;

std::size_t TableBytes(std::size_t frames) { return 8 + 12 * frames + 9; }

// A table made by hand: stored and plain size of each frame, no checksums.
std::string Table(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& entries) {
  std::string table;
  AppendLittleEndian(std::uint32_t{0x184D2A5E}, table);
  AppendLittleEndian(static_cast<std::uint32_t>(8 * entries.size() + 9), table);
  for (const auto& [stored, plain] : entries) {
    AppendLittleEndian(stored, table);
    AppendLittleEndian(plain, table);
  }
  AppendLittleEndian(static_cast<std::uint32_t>(entries.size()), table);
  table.push_back('\0');
  AppendLittleEndian(std::uint32_t{0x8F92EAB1}, table);
  return table;
}

std::string Frame(std::string_view plain, int level = 3) {
  std::string frame(ZSTD_compressBound(plain.size()), '\0');
  frame.resize(ZSTD_compress(frame.data(), frame.size(), plain.data(), plain.size(), level));
  return frame;
}

// A file of frames without checksums, as another writer may write it.
std::string FileOf(const std::vector<std::string>& pieces) {
  std::string file;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> entries;
  for (const std::string& piece : pieces) {
    const std::string frame = Frame(piece);
    file += frame;
    entries.emplace_back(frame.size(), piece.size());
  }
  return file + Table(entries);
}

// The same with checksums in the table only.
std::string CheckedFileOf(const std::vector<std::string>& pieces) {
  std::string file;
  SeekTableBuilder table;
  for (const std::string& piece : pieces) {
    const std::string frame = Frame(piece);
    file += frame;
    table.Add(static_cast<std::uint32_t>(frame.size()), static_cast<std::uint32_t>(piece.size()),
              static_cast<std::uint32_t>(XXH64(piece.data(), piece.size(), 0)));
  }
  return file + table.Finish();
}

TEST(SeekableZstd, BringsBackBytesAroundTheEdgesOfAFrame) {
  for (const std::size_t bytes :
       {std::size_t{0}, std::size_t{1}, kRawFrameBytes, kRawFrameBytes + 1, kSeekableFrameBytes - 1, kSeekableFrameBytes,
        kSeekableFrameBytes + 1, 4 * kSeekableFrameBytes, std::size_t{3'000'000}}) {
    for (const bool shrinks : {false, true}) {
      const std::string plain = shrinks ? SampleText(bytes) : RandomBytes(bytes, 50);
      for (const std::size_t step : {std::size_t{10'000}, kSeekableFrameBytes, bytes + 1}) {
        for (const bool compress : {false, true}) {
          const std::string file = SeekableFile(plain, compress, step);
          const Result<std::string> back = ReadSeekable(file);
          ASSERT_OK(back) << bytes << " by " << step;
          EXPECT_TRUE(*back == plain) << bytes << " by " << step;
          const std::size_t frame_bytes = compress && shrinks ? kSeekableFrameBytes : kRawFrameBytes;
          EXPECT_EQ((*OpenSeekable(file))->frames(), (bytes + frame_bytes - 1) / frame_bytes);
        }
      }
    }
  }
}

TEST(SeekableZstd, PiecesDoNotChangeTheFile) {
  const std::string plain = SampleText(1'000'000) + RandomBytes(1'000'000, 51);
  for (const bool compress : {false, true}) {
    const std::string whole = SeekableFile(plain, compress, plain.size());
    EXPECT_TRUE(SeekableFile(plain, compress, 777) == whole);
    EXPECT_TRUE(SeekableFile(plain, compress, 300'000) == whole);
  }
}

TEST(SeekableZstd, NothingIsATableAlone) {
  EXPECT_EQ(SeekableFile("", true).size(), TableBytes(0));
  EXPECT_EQ((*OpenSeekable(SeekableFile("", true)))->size_bytes(), 0U);
}

// A frame that does not shrink is stored raw, and so are the next ones, which are not tried.
TEST(SeekableZstd, WhatDoesNotShrinkIsRawAndTriedAgainLater) {
  constexpr std::size_t kTried = SeekableZstdWriter::kFramesUnsampled + 1;
  constexpr std::size_t kRaw = kTried * kSeekableFrameBytes / kRawFrameBytes;
  const std::string noise = RandomBytes(kSeekableFrameBytes, 52);
  const std::string text = SampleText(kSeekableFrameBytes);
  const auto stored_bytes = [](const std::string& plain, std::size_t frame) {
    const std::string file = SeekableFile(plain, true);
    EXPECT_TRUE(*ReadSeekable(file) == plain);
    const std::size_t frames = (*OpenSeekable(file))->frames();
    return FieldReader(std::string_view(file).substr(file.size() - 9 - 12 * (frames - frame))).Number<std::uint32_t>();
  };
  std::string plain = noise;
  for (std::size_t i = 0; i < kTried; ++i) plain += text;
  for (std::size_t frame = 0; frame < kRaw; ++frame) {
    EXPECT_EQ(stored_bytes(plain, frame), kRawFrameBytes + kRawFrameOverhead) << frame;
  }
  EXPECT_LT(stored_bytes(plain, kRaw), kSeekableFrameBytes / 2);
  // The gain must be at least one thirty-second.
  const std::size_t least = kSeekableFrameBytes / 32;
  EXPECT_EQ(stored_bytes(noise.substr(least / 2) + std::string(least / 2, 'x'), 0), kRawFrameBytes + kRawFrameOverhead);
  EXPECT_LT(stored_bytes(noise.substr(2 * least) + std::string(2 * least, 'x'), 0), kSeekableFrameBytes - least);
}

TEST(SeekableZstd, ARawFrameIsStoredInAChunkOfAge) {
  const std::string plain = RandomBytes(2 * kRawFrameBytes, 58);
  EXPECT_EQ(SeekableFile(plain, false).size(), 2 * kAgeChunkBytes + TableBytes(2));
}

TEST(SeekableZstd, RawFramesCostTheirHeadersAlone) {
  const std::string plain = SampleText(3 * kRawFrameBytes);
  EXPECT_EQ(SeekableFile(plain, false).size(), plain.size() + 3 * kRawFrameOverhead + TableBytes(3));
}

TEST(SeekableZstd, AnyZstdReadsItAsAStream) {
  const std::string plain = SampleText(600'000) + RandomBytes(600'000, 53);
  for (const bool compress : {false, true}) {
    std::string file = SeekableFile(plain, compress);
    std::string_view rest = file;
    ZstdDecompressor stream([&](char* buffer, std::size_t room) -> Result<std::size_t> {
      const std::size_t size = rest.copy(buffer, room);
      rest.remove_prefix(size);
      return size;
    });
    std::string back(plain.size() + 1, '\0');
    std::size_t filled = 0;
    while (true) {
      const Result<std::size_t> got = stream.Read(back.data() + filled, back.size() - filled);
      ASSERT_OK(got);
      if (*got == 0) break;
      filled += *got;
    }
    EXPECT_TRUE(back.substr(0, filled) == plain);
  }
}

TEST(SeekableZstd, FindsTheFrameOfAnyByte) {
  const std::string file = FileOf({"one", "four", "x", SampleText(1000)});
  const auto reader = OpenSeekable(file);
  ASSERT_OK(reader);
  EXPECT_EQ((*reader)->size_bytes(), 1008U);
  const std::uint64_t offsets[] = {0, 3, 7, 8, 1008};
  for (std::size_t frame = 0; frame <= 4; ++frame) EXPECT_EQ((*reader)->FrameOffset(frame), offsets[frame]);
  for (std::size_t frame = 0; frame < 4; ++frame) {
    EXPECT_EQ((*reader)->FrameAt(offsets[frame]), frame);
    EXPECT_EQ((*reader)->FrameAt(offsets[frame + 1] - 1), frame);
  }
  std::string bytes = "left over";
  ASSERT_OK((*reader)->ReadFrame(1, bytes));
  EXPECT_EQ(bytes, "four");
  EXPECT_CODE((*reader)->ReadFrame(4, bytes), kInvalidArgument);
  EXPECT_EQ(bytes, "four");
}

TEST(SeekableZstd, ReadsFilesOfOtherWriters) {
  const std::string large = SampleText(kSeekableFrameBytesMax);
  for (const std::vector<std::string>& pieces :
       {std::vector<std::string>{}, {"a"}, {large}, {large, "b", large}, std::vector<std::string>(1000, "many")}) {
    std::string plain;
    for (const std::string& piece : pieces) plain += piece;
    const Result<std::string> back = ReadSeekable(FileOf(pieces));
    ASSERT_OK(back);
    EXPECT_TRUE(*back == plain);
  }
}

// A flipped bit never returns wrong bytes. Unused bits are harmless: two of the descriptor, and some of a compressed frame.
TEST(SeekableZstd, ATurnedBitIsFoundOrHarmless) {
  const std::string plain = SampleText(600) + RandomBytes(100, 54);
  for (const std::string& file : {SeekableFile(plain, true), SeekableFile(plain, false), SeekableFile("", true),
                                  CheckedFileOf({"some", "pieces", SampleText(100)})}) {
    const std::string expected = *ReadSeekable(file);
    std::size_t harmless = 0;
    for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
      std::string damaged = file;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
      const Result<std::string> back = ReadSeekable(damaged);
      if (!back.ok()) continue;
      EXPECT_TRUE(*back == expected) << "bit " << bit;
      ++harmless;
    }
    EXPECT_LE(harmless, 16U);
  }
}

TEST(SeekableZstd, FramesThatChangedPlacesAreFound) {
  const std::string plain = RandomBytes(2 * kRawFrameBytes, 55);
  const std::string file = SeekableFile(plain, false);
  constexpr std::size_t kStored = kRawFrameBytes + kRawFrameOverhead;
  const std::string moved = file.substr(kStored, kStored) + file.substr(0, kStored) + file.substr(2 * kStored);
  EXPECT_CODE(ReadSeekable(moved), kCorruption);
}

TEST(SeekableZstd, ACutFileIsRefusedAtOnce) {
  for (const std::string& file : {SeekableFile(SampleText(1000), true), SeekableFile(RandomBytes(500, 56), false),
                                  FileOf({"some", "pieces"}), SeekableFile("", true)}) {
    for (std::size_t length = 0; length < file.size(); ++length) {
      EXPECT_CODE(OpenSeekable(std::string_view(file).substr(0, length)), kCorruption) << length;
      EXPECT_CODE(SeekableZstdReader::Open(SourceOf(std::string_view(file).substr(0, length)), file.size()), kCorruption);
    }
    EXPECT_CODE(OpenSeekable(file + "x"), kCorruption);
    EXPECT_CODE(OpenSeekable("x" + file), kCorruption);
  }
}

TEST(SeekableZstd, TablesThatLieAreRefused) {
  const std::string frame = Frame("four");
  const auto size = static_cast<std::uint32_t>(frame.size());
  constexpr std::uint32_t kHuge = 0xFFFFFFFF;
  EXPECT_EQ(*ReadSeekable(frame + Table({{size, 4}})), "four");
  EXPECT_CODE(OpenSeekable(frame + Table({{size, 0}})), kCorruption);
  EXPECT_CODE(OpenSeekable(frame + Table({{0, 1}, {size, 4}})), kCorruption);
  EXPECT_CODE(OpenSeekable(frame + Table({})), kCorruption);
  EXPECT_CODE(OpenSeekable(frame + Table({{size - 1, 4}})), kCorruption);
  EXPECT_CODE(OpenSeekable(frame + Table({{size + 1, 4}})), kCorruption);
  EXPECT_CODE(OpenSeekable(frame + Table({{size, 4}, {size, 4}})), kCorruption);
  EXPECT_CODE(OpenSeekable(frame + Table({{size, kHuge}})), kResourceExhausted);
  EXPECT_CODE(OpenSeekable(frame + Table({{kHuge, 4}})), kResourceExhausted);
  EXPECT_CODE(OpenSeekable(frame + Table({{size, kSeekableFrameBytesMax + 1}})), kResourceExhausted);
  // The sum of these sizes modulo 2^32 is the file's size.
  EXPECT_CODE(OpenSeekable(frame + Table({{0x80000000, 4}, {0x80000000 + size, 4}})), kResourceExhausted);
  // The plain size is within the limits but wrong for the frame.
  for (const std::uint32_t plain : {3U, 5U, 4096U, static_cast<std::uint32_t>(kSeekableFrameBytesMax)}) {
    const Status status = ReadSeekable(frame + Table({{size, plain}})).status();
    EXPECT_CODE(status, kCorruption) << plain;
    EXPECT_TRUE(status.message().starts_with("seekable zstd frame 0: ")) << status.ToString();
  }
}

TEST(SeekableZstd, WhatIsNoSingleFrameIsRefused) {
  const std::string frame = Frame("four");
  const std::string skippable = Table({});
  for (const std::string& stored : {frame + frame, frame + skippable, skippable, skippable + frame, std::string("random bytes"),
                                    std::string(1, '\0'), frame.substr(0, 5), frame + "x"}) {
    const auto size = static_cast<std::uint32_t>(stored.size());
    std::string bytes = "left over";
    const std::string file = stored + Table({{size, 4}});
    const auto reader = OpenSeekable(file);
    ASSERT_OK(reader);
    EXPECT_CODE((*reader)->ReadFrame(0, bytes), kCorruption);
    EXPECT_EQ(bytes, "");
  }
}

TEST(SeekableZstd, AHugeCountIsRefusedBeforeItsTableIsRead) {
  for (const std::uint32_t frames : {std::uint32_t{0xFFFFFFFF}, static_cast<std::uint32_t>(kSeekableFramesMax + 1)}) {
    std::string table = Table({});
    table.replace(table.size() - 9, 4, [&] {
      std::string number;
      AppendLittleEndian(frames, number);
      return number;
    }());
    EXPECT_CODE(OpenSeekable(std::string(1000, 'x') + table), kResourceExhausted);
  }
  std::string table = Table({});
  table.replace(table.size() - 9, 4, std::string("\0\0\0\1", 4));  // the maximum number of entries, which exceeds the file
  std::size_t most = 0;
  const std::string file = std::string(10'000, 'x') + table;
  const RangeReader source = [&](std::uint64_t offset, std::size_t length, char* buffer) {
    most = std::max(most, length);
    return SourceOf(file)(offset, length, buffer);
  };
  EXPECT_CODE(SeekableZstdReader::Open(source, file.size()), kCorruption);
  EXPECT_LE(most, 4096U);
}

TEST(SeekableZstd, ReservedBitsAreRefused) {
  for (int bit = 2; bit < 7; ++bit) {
    std::string file = SeekableFile("x", false);
    file[file.size() - 5] = static_cast<char>(file[file.size() - 5] | 1 << bit);
    EXPECT_CODE(OpenSeekable(file), kCorruption);
  }
}

TEST(SeekableZstd, OneReaderServesManyThreads) {
  const std::string plain = SampleText(5 * kSeekableFrameBytes + 99);
  const std::string file = SeekableFile(plain, true);
  const auto reader = OpenSeekable(file);
  ASSERT_OK(reader);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (unsigned seed = 0; seed < 4; ++seed) {
    threads.emplace_back([&, seed] {
      std::mt19937 random(seed);
      std::string frame;
      for (int i = 0; i < 100; ++i) {
        const std::size_t at = random() % plain.size();
        const std::size_t number = (*reader)->FrameAt(at);
        const std::size_t begin = (*reader)->FrameOffset(number);
        if (!(*reader)->ReadFrame(number, frame).ok() || plain.compare(begin, kSeekableFrameBytes, frame) != 0) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(SeekableZstd, HandsOnTheFailureOfItsSinkAndSource) {
  for (const bool compress : {false, true}) {
    int calls_left = 3;
    SeekableZstdWriter writer(compress,
                              [&](std::string_view) { return calls_left-- > 0 ? Status::Ok() : Status::IoError("full"); });
    writer.Write(RandomBytes(3 * kSeekableFrameBytes, 57)).Ignore();
    EXPECT_CODE(writer.Finish(), kIoError);
    EXPECT_CODE(writer.Write("x"), kIoError);
  }
  const RangeReader gone = [](std::uint64_t, std::size_t, char*) -> Result<std::size_t> { return Status::IoError("gone"); };
  EXPECT_CODE(SeekableZstdReader::Open(gone, 100), kIoError);
  const std::string file = SeekableFile("x", true);
  bool broken = false;
  const auto reader = SeekableZstdReader::Open(
      [&](std::uint64_t offset, std::size_t length, char* buffer) {
        return broken ? gone(offset, length, buffer) : SourceOf(file)(offset, length, buffer);
      },
      file.size());
  ASSERT_OK(reader);
  broken = true;
  std::string frame;
  EXPECT_CODE((*reader)->ReadFrame(0, frame), kIoError);
}

TEST(SeekableZstd, AFileEndsOnce) {
  std::string file;
  SeekableZstdWriter writer(true, [&](std::string_view bytes) {
    file += bytes;
    return Status::Ok();
  });
  EXPECT_OK(writer.Write("all"));
  EXPECT_OK(writer.Finish());
  const std::string before = file;
  EXPECT_CODE(writer.Write("more"), kInternal);
  EXPECT_CODE(writer.Finish(), kInternal);
  EXPECT_EQ(file, before);
}

}  // namespace
}  // namespace coffer::format
