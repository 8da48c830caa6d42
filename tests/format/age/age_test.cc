#include "format/age/age.h"

#include <atomic>
#include <thread>
#include <vector>

#include "age_files.h"

namespace coffer::format {
namespace {

constexpr std::size_t kSealedChunkBytes = kAgeChunkBytes + 16;

class Age : public testing::Test {
 protected:
  std::string Pack(std::string_view plain, std::size_t step = 100'000) const {
    return Encrypt(plain, std::span(&identity_.recipient(), 1), step);
  }
  Result<std::string> Unpack(std::string_view file) const { return Decrypt(file, std::span(&identity_, 1)); }

  // Header and nonce: the bytes before the first chunk.
  static std::size_t ChunksOffset(std::string_view file) { return file.find('\n', file.find("\n---") + 1) + 1 + 16; }

  const AgeIdentity identity_ = NewIdentity();
};

TEST_F(Age, BringsBackPayloadsAroundTheEdgesOfAChunk) {
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, kAgeChunkBytes - 1, kAgeChunkBytes, kAgeChunkBytes + 1,
                                  2 * kAgeChunkBytes, 5 * kAgeChunkBytes + 77}) {
    const std::string plain = RandomBytes(bytes, 1);
    for (const std::size_t step : {std::size_t{1000}, kAgeChunkBytes, std::size_t{200'000}, bytes + 1}) {
      const std::string file = Pack(plain, step);
      const std::size_t chunks = std::max<std::size_t>(1, (bytes + kAgeChunkBytes - 1) / kAgeChunkBytes);
      EXPECT_EQ(file.size(), ChunksOffset(file) + bytes + 16 * chunks);
      const Result<std::string> back = Unpack(file);
      ASSERT_OK(back) << bytes << " by " << step;
      EXPECT_EQ(*back, plain) << bytes << " by " << step;
    }
  }
}

TEST_F(Age, EveryRecipientReadsAndNobodyElse) {
  const std::vector<AgeIdentity> identities = {NewIdentity(), NewIdentity(), NewIdentity()};
  std::vector<AgeRecipient> recipients;
  for (const AgeIdentity& identity : identities) recipients.push_back(identity.recipient());
  const std::string file = Encrypt("for three", recipients);
  for (const AgeIdentity& identity : identities) EXPECT_EQ(*Decrypt(file, std::span(&identity, 1)), "for three");
  const std::vector<AgeIdentity> among_others = {identity_, identities[1]};
  EXPECT_EQ(*Decrypt(file, among_others), "for three");
  EXPECT_CODE(Unpack(file), kPermissionDenied);
  EXPECT_CODE(Decrypt(file, {}), kPermissionDenied);
}

TEST_F(Age, EachFileHasKeysOfItsOwn) {
  const std::string plain(1000, 'x');
  const std::string one = Pack(plain);
  const std::string other = Pack(plain);
  EXPECT_NE(one.substr(0, ChunksOffset(one) - 16), other.substr(0, ChunksOffset(other) - 16));
  EXPECT_NE(one.substr(ChunksOffset(one)), other.substr(ChunksOffset(other)));
}

TEST_F(Age, NoBitOfAFileCanBeTurned) {
  const std::string file = Pack(RandomBytes(300, 2));
  for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
    std::string damaged = file;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(Unpack(damaged).ok()) << "bit " << bit;
  }
}

TEST_F(Age, ABitTurnedInAnyChunkIsCorruptionThere) {
  const std::string plain = RandomBytes(3 * kAgeChunkBytes + 5, 3);
  const std::string file = Pack(plain);
  for (std::size_t at = ChunksOffset(file) - 16; at < file.size(); at += 4001) {
    std::string damaged = file;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
    EXPECT_CODE(Unpack(damaged), kCorruption) << at;
  }
  // Undamaged chunks can still be read.
  std::string damaged = file;
  damaged[ChunksOffset(file) + kSealedChunkBytes] ^= 1;
  const auto reader = AgeReader::Open(SourceOf(damaged), damaged.size(), std::span(&identity_, 1));
  ASSERT_OK(reader);
  std::string chunk(kAgeChunkBytes, 'x');
  EXPECT_OK((*reader)->Read(0, kAgeChunkBytes, chunk.data()));
  EXPECT_EQ(chunk, plain.substr(0, kAgeChunkBytes));
  const Status status = (*reader)->Read(kAgeChunkBytes, kAgeChunkBytes, chunk.data()).status();
  EXPECT_EQ(status.ToString(), "corruption: age chunk 1: wrong authentication tag: the data is damaged");
  EXPECT_EQ(chunk, std::string(kAgeChunkBytes, '\0')) << "unauthenticated bytes were returned";
}

TEST_F(Age, AFileThatWasCutOffIsRefusedAtOnce) {
  const std::string file = Pack(RandomBytes(2 * kAgeChunkBytes, 4));
  const std::size_t chunks = ChunksOffset(file);
  std::vector<std::size_t> lengths;
  for (std::size_t length = 0; length <= chunks + 40; ++length) lengths.push_back(length);
  for (const std::size_t end : {chunks + kSealedChunkBytes, file.size()}) {
    for (std::size_t less = 1; less <= 40; ++less) lengths.insert(lengths.end(), {end - less, end - 500 * less});
  }
  lengths.push_back(chunks + kSealedChunkBytes);
  lengths.push_back(chunks + kSealedChunkBytes + 1);
  lengths.push_back(chunks + kSealedChunkBytes + 16);
  lengths.push_back(chunks + kSealedChunkBytes + 17);
  for (const std::size_t length : lengths) {
    const std::string_view cut = std::string_view(file).substr(0, length);
    EXPECT_CODE(AgeReader::Open(SourceOf(cut), cut.size(), std::span(&identity_, 1)), kCorruption) << length;
    // The same if the file is shorter than stated.
    EXPECT_CODE(Decrypt(file.substr(0, length), std::span(&identity_, 1)), kCorruption) << length;
  }
}

TEST_F(Age, ASourceThatEndsEarlyIsCutOff) {
  const std::string file = Pack(RandomBytes(3 * kAgeChunkBytes, 5));
  const std::string_view cut = std::string_view(file).substr(0, file.size() - 1);
  EXPECT_CODE(AgeReader::Open(SourceOf(cut), file.size(), std::span(&identity_, 1)), kCorruption);
}

TEST_F(Age, ChunksCannotBeMovedDroppedRepeatedOrAdded) {
  const std::string file = Pack(RandomBytes(4 * kAgeChunkBytes, 6));
  const std::size_t begin = ChunksOffset(file);
  const std::string head = file.substr(0, begin);
  const auto chunk = [&](std::size_t i) { return file.substr(begin + i * kSealedChunkBytes, kSealedChunkBytes); };
  ASSERT_EQ(head + chunk(0) + chunk(1) + chunk(2) + chunk(3), file);
  const std::string changed[] = {head + chunk(1) + chunk(0) + chunk(2) + chunk(3),
                                 head + chunk(0) + chunk(3) + chunk(2) + chunk(1),
                                 head + chunk(0) + chunk(2) + chunk(3),
                                 head + chunk(1) + chunk(2) + chunk(3),
                                 head + chunk(0) + chunk(1) + chunk(1) + chunk(2) + chunk(3),
                                 file + chunk(3),
                                 head + chunk(0),
                                 file + "x",
                                 file + std::string(16, 'x'),
                                 file + std::string(17, '\0'),
                                 file + file};
  for (const std::string& other : changed) EXPECT_CODE(Unpack(other), kCorruption);
}

TEST_F(Age, AnyRangeIsThePlainTextThere) {
  const std::string plain = RandomBytes(3 * kAgeChunkBytes + 12'345, 7);
  const std::string file = Pack(plain);
  const auto reader = AgeReader::Open(SourceOf(file), file.size(), std::span(&identity_, 1));
  ASSERT_OK(reader);
  EXPECT_EQ((*reader)->size_bytes(), plain.size());
  std::mt19937 random(8);
  for (int i = 0; i < 300; ++i) {
    const std::size_t offset = random() % (plain.size() + 10);
    const std::size_t length = random() % (i % 2 == 0 ? 5000 : 2 * kAgeChunkBytes);
    std::string got(length + 1, '#');
    const Result<std::size_t> bytes = (*reader)->Read(offset, length, got.data());
    ASSERT_OK(bytes);
    const std::string expected = offset < plain.size() ? plain.substr(offset, length) : "";
    ASSERT_EQ(*bytes, expected.size());
    ASSERT_EQ(got, expected + std::string(got.size() - expected.size(), '#')) << offset << "+" << length;
  }
}

TEST_F(Age, OneReaderServesManyThreads) {
  const std::string plain = RandomBytes(5 * kAgeChunkBytes, 9);
  const std::string file = Pack(plain);
  const auto reader = AgeReader::Open(SourceOf(file), file.size(), std::span(&identity_, 1));
  ASSERT_OK(reader);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (unsigned seed = 0; seed < 4; ++seed) {
    threads.emplace_back([&, seed] {
      std::mt19937 random(seed);
      std::string got(kAgeChunkBytes, '\0');
      for (int i = 0; i < 200; ++i) {
        const std::size_t offset = random() % (plain.size() - got.size());
        const Result<std::size_t> bytes = (*reader)->Read(offset, got.size(), got.data());
        if (!bytes.ok() || plain.compare(offset, got.size(), got) != 0) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

// An encrypted file within an encrypted file: a read of the inner one reads the outer one.
TEST_F(Age, AReaderMayBeTheSourceOfAnother) {
  const std::string plain = RandomBytes(3 * kAgeChunkBytes, 10);
  const std::string file = Pack(Pack(plain));
  const auto outer = AgeReader::Open(SourceOf(file), file.size(), std::span(&identity_, 1));
  ASSERT_OK(outer);
  const RangeReader source = [&](std::uint64_t offset, std::size_t length, char* buffer) {
    return (*outer)->Read(offset, length, buffer);
  };
  const auto inner = AgeReader::Open(source, (*outer)->size_bytes(), std::span(&identity_, 1));
  ASSERT_OK(inner);
  std::string got(plain.size() - 2000, '\0');
  ASSERT_OK((*inner)->Read(1000, got.size(), got.data()));
  EXPECT_EQ(got, plain.substr(1000, got.size()));
}

TEST_F(Age, HandsOnTheFailureOfItsSinkAndSource) {
  AgeEncryptor encryptor(std::span(&identity_.recipient(), 1), [](std::string_view) { return Status::IoError("full"); });
  EXPECT_CODE(encryptor.Write("x"), kIoError);
  EXPECT_CODE(encryptor.Finish(), kIoError);

  const std::string file = Pack(RandomBytes(2 * kAgeChunkBytes, 11));
  bool broken = false;
  const RangeReader source = [&](std::uint64_t offset, std::size_t length, char* buffer) -> Result<std::size_t> {
    if (broken) return Status::IoError("gone");
    return SourceOf(file)(offset, length, buffer);
  };
  const auto reader = AgeReader::Open(source, file.size(), std::span(&identity_, 1));
  ASSERT_OK(reader);
  broken = true;
  char byte = 0;
  EXPECT_CODE((*reader)->Read(0, 1, &byte), kIoError);
  EXPECT_CODE(AgeReader::Open(source, file.size(), std::span(&identity_, 1)), kIoError);
}

TEST_F(Age, AFileEndsOnce) {
  std::string file;
  AgeEncryptor encryptor(std::span(&identity_.recipient(), 1), [&](std::string_view bytes) {
    file += bytes;
    return Status::Ok();
  });
  EXPECT_OK(encryptor.Write("all"));
  EXPECT_OK(encryptor.Finish());
  const std::string before = file;
  EXPECT_CODE(encryptor.Write("more"), kInternal);
  EXPECT_CODE(encryptor.Finish(), kInternal);
  EXPECT_EQ(file, before);
}

TEST_F(Age, WritesNothingForNobodyOrForTooMany) {
  const AgeRecipient nobody;  // a public key of zeros has no secret
  const std::vector<AgeRecipient> too_many(kAgeRecipientsMax + 1, identity_.recipient());
  const std::vector<std::vector<AgeRecipient>> refused = {{}, {nobody}, {identity_.recipient(), nobody}, too_many};
  for (const std::vector<AgeRecipient>& recipients : refused) {
    AgeEncryptor encryptor(recipients, [](std::string_view) {
      ADD_FAILURE() << "something was written";
      return Status::Ok();
    });
    EXPECT_CODE(encryptor.Write("x"), kInvalidArgument);
    EXPECT_CODE(encryptor.Finish(), kInvalidArgument);
  }
  const std::string file = Encrypt("x", std::span(too_many).first(kAgeRecipientsMax));
  EXPECT_EQ(*Unpack(file), "x");
}

}  // namespace
}  // namespace coffer::format
