#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "format/age/age.h"
#include "format/age/age_header.h"
#include "format/age/age_stream.h"
#include "vocabulary/thread_scratch.h"
#include "vocabulary/try.h"

namespace coffer::format {
namespace {

// Enough for the header of a few recipients.
constexpr std::size_t kFirstReadBytes = 4096;

Result<AgeHeader> ReadHeader(const RangeReader& source, std::uint64_t stored_bytes) {
  std::string text;
  for (std::size_t wanted = kFirstReadBytes;; wanted *= 4) {
    // One byte above the limit shows that a header is too long.
    wanted = static_cast<std::size_t>(std::min<std::uint64_t>({wanted, kAgeHeaderBytesMax + 1, stored_bytes}));
    const std::size_t known = text.size();
    text.resize(wanted);
    COFFER_TRY_CONTEXT(ReadExactly(source, known, wanted - known, text.data() + known), "age header");
    COFFER_ASSIGN(std::optional<AgeHeader> header, AgeHeader::Parse(text));
    if (header.has_value()) return *std::move(header);
    if (wanted == stored_bytes) return Status::Corruption("age header: truncated");
  }
}

// Per thread, not per reader, because a reader is open for every file of a store.
struct ChunkScratch {
  std::unique_ptr<char[]> sealed = std::make_unique_for_overwrite<char[]>(kAgeSealedChunkBytes);
};

}  // namespace

struct AgeReader::State {
  // Reads the chunk's bytes [skip, skip + length). After a failure `to` has none of the chunk's plain bytes.
  Status ReadChunk(ChaChaPoly& cipher, std::uint64_t chunk, std::size_t skip, std::size_t length, char* to) const;

  RangeReader source;
  std::uint64_t chunks_offset = 0;
  AgeChunks chunks;
  Key256 key;
};

Status AgeReader::State::ReadChunk(ChaChaPoly& cipher, std::uint64_t chunk, std::size_t skip, std::size_t length,
                                   char* to) const {
  const ThreadScratch<ChunkScratch> scratch;
  char* buffer = scratch->sealed.get();
  const std::size_t sealed_bytes = chunks.SealedBytes(chunk);
  const auto failed = [&](const Status& status) { return status.WithContext("age chunk " + std::to_string(chunk)); };
  Status status = ReadExactly(source, chunks_offset + chunks.SealedOffset(chunk), sealed_bytes, buffer);
  if (!status.ok()) return failed(status);
  // A whole chunk is decrypted straight into `to`.
  const bool whole = length == sealed_bytes - ChaChaPoly::kTagBytes;
  char* plain = whole ? to : buffer;
  status = cipher.Open(AgeChunkNonce(chunk, chunks.IsLast(chunk)), std::string_view(buffer, sealed_bytes), plain);
  if (!status.ok()) return failed(status);
  if (!whole) std::copy_n(plain + skip, length, to);
  return Status::Ok();
}

Result<std::unique_ptr<AgeReader>> AgeReader::Open(RangeReader source, std::uint64_t stored_bytes,
                                                   std::span<const AgeIdentity> identities) {
  COFFER_ASSIGN(const AgeHeader header, ReadHeader(source, stored_bytes));
  COFFER_ASSIGN(const AgeFileKey file_key, header.Unwrap(identities));
  auto state = std::make_unique<State>();
  state->chunks_offset = header.size_bytes() + kAgeNonceBytes;
  if (stored_bytes < state->chunks_offset) return Status::Corruption("age: truncated payload");
  COFFER_ASSIGN_CONTEXT(const AgeChunks chunks, AgeChunks::Of(stored_bytes - state->chunks_offset), "age");
  state->chunks = chunks;
  std::array<char, kAgeNonceBytes> nonce;
  COFFER_TRY_CONTEXT(ReadExactly(source, header.size_bytes(), nonce.size(), nonce.data()), "age nonce");
  COFFER_ASSIGN(Key256 key, AgePayloadKey(file_key, std::string_view(nonce.data(), nonce.size())));
  state->key = key;
  state->source = std::move(source);
  COFFER_ASSIGN(ChaChaPoly cipher, ChaChaPoly::Create(state->key, ChaChaPoly::Direction::kOpen));
  COFFER_TRY(state->ReadChunk(cipher, state->chunks.count - 1, 0, 0, nullptr));
  return std::unique_ptr<AgeReader>(new AgeReader(std::move(state)));
}

AgeReader::AgeReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
AgeReader::~AgeReader() = default;

std::uint64_t AgeReader::size_bytes() const { return state_->chunks.plain_bytes; }

Result<std::size_t> AgeReader::Read(std::uint64_t offset, std::size_t length, char* buffer) const {
  if (offset >= size_bytes() || length == 0) return std::size_t{0};
  length = static_cast<std::size_t>(std::min<std::uint64_t>(length, size_bytes() - offset));
  COFFER_ASSIGN(ChaChaPoly cipher, ChaChaPoly::Create(state_->key, ChaChaPoly::Direction::kOpen));
  for (std::size_t filled = 0; filled < length;) {
    const std::uint64_t at = offset + filled;
    const std::size_t skip = at % kAgeChunkBytes;
    const std::size_t piece = std::min(length - filled, kAgeChunkBytes - skip);
    COFFER_TRY(state_->ReadChunk(cipher, at / kAgeChunkBytes, skip, piece, buffer + filled));
    filled += piece;
  }
  return length;
}

}  // namespace coffer::format
