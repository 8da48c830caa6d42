// Inlined for the same reasons as in tally.cc.
#define XXH_INLINE_ALL
#include <xxhash.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <utility>

#include "format/zstd/seek_table.h"
#include "format/zstd/seekable_zstd.h"
#include "vocabulary/check.h"
#include "vocabulary/fixed_width.h"
#include "vocabulary/thread_scratch.h"
#include "vocabulary/try.h"

namespace coffer::format {
namespace {

// A larger buffer is freed after the call.
constexpr std::size_t kKeptBytes = 2 * kSeekableFrameBytes;
constexpr std::size_t kDescriptorAt = 4;
constexpr std::uint8_t kChecksumFlag = 0x04;
constexpr std::size_t kChecksumBytes = 4;

// Decompression state. It is per thread, not per reader, because a reader is open for every file of a store.
struct FrameScratch {
  FrameScratch() : context(ZSTD_createDCtx()) {}
  ~FrameScratch() { ZSTD_freeDCtx(context); }
  FrameScratch(const FrameScratch&) = delete;
  FrameScratch& operator=(const FrameScratch&) = delete;

  char* Room(std::size_t bytes) {
    if (bytes <= room) return stored.get();
    stored = std::make_unique_for_overwrite<char[]>(bytes);
    room = bytes;
    return stored.get();
  }
  void Trim() {
    if (room <= kKeptBytes) return;
    stored.reset();
    room = 0;
  }

  ZSTD_DCtx* context;
  std::unique_ptr<char[]> stored;
  std::size_t room = 0;
};

Status ZstdFailure(std::size_t code) {
  std::string message = std::string("zstd: ") + ZSTD_getErrorName(code);
  if (ZSTD_getErrorCode(code) == ZSTD_error_memory_allocation) return Status::ResourceExhausted(std::move(message));
  return Status::Corruption(std::move(message));
}

// Decompresses one frame, which must fill `stored`, to exactly bytes.size() bytes. The output serves as the window.
Status Decompress(ZSTD_DCtx* context, std::string_view stored, std::string& bytes) {
  const std::size_t frame_bytes = ZSTD_findFrameCompressedSize(stored.data(), stored.size());
  if (ZSTD_isError(frame_bytes) != 0) return ZstdFailure(frame_bytes);
  if (frame_bytes != stored.size()) return Status::Corruption("its length differs from the seek table");
  const std::size_t size = ZSTD_decompressDCtx(context, bytes.data(), bytes.size(), stored.data(), stored.size());
  if (ZSTD_isError(size) != 0) return ZstdFailure(size);
  return size == bytes.size() ? Status::Ok() : Status::Corruption("its decompressed size differs from the seek table");
}

// If the frame has a checksum, zstd has already verified it, so it is read instead of computed.
std::uint32_t ChecksumOf(std::string_view stored, std::string_view bytes) {
  if ((stored[kDescriptorAt] & kChecksumFlag) == 0) return static_cast<std::uint32_t>(XXH64(bytes.data(), bytes.size(), 0));
  return FieldReader(stored.substr(stored.size() - kChecksumBytes)).Number<std::uint32_t>();
}

}  // namespace

struct SeekableZstdReader::State {
  Status Read(std::size_t frame, std::string& bytes) const;
  Status Read(std::size_t frame, FrameScratch& scratch, std::string& bytes) const;

  RangeReader source;
  SeekTable table;
};

Status SeekableZstdReader::State::Read(std::size_t frame, std::string& bytes) const {
  if (frame >= table.frames()) return Status::InvalidArgument("no such frame");
  const ThreadScratch<FrameScratch> scratch;
  Status read = Read(frame, *scratch, bytes);
  scratch->Trim();
  if (!read.ok()) bytes.clear();
  return read;
}

Status SeekableZstdReader::State::Read(std::size_t frame, FrameScratch& scratch, std::string& bytes) const {
  if (scratch.context == nullptr) return Status::ResourceExhausted("zstd: no memory for a decompressor");
  const std::uint64_t offset = table.StoredOffset(frame);
  const auto stored_bytes = static_cast<std::size_t>(table.StoredOffset(frame + 1) - offset);
  char* buffer = scratch.Room(stored_bytes);
  COFFER_TRY(ReadExactly(source, offset, stored_bytes, buffer));
  const std::string_view stored(buffer, stored_bytes);
  bytes.resize(static_cast<std::size_t>(table.PlainOffset(frame + 1) - table.PlainOffset(frame)));
  COFFER_TRY(Decompress(scratch.context, stored, bytes));
  const std::optional<std::uint32_t> checksum = table.Checksum(frame);
  if (checksum && *checksum != ChecksumOf(stored, bytes)) return Status::Corruption("its checksum differs from the seek table");
  return Status::Ok();
}

Result<std::unique_ptr<SeekableZstdReader>> SeekableZstdReader::Open(RangeReader source, std::uint64_t stored_bytes) {
  COFFER_ASSIGN(SeekTable table, SeekTable::Read(source, stored_bytes));
  auto state = std::make_unique<State>(State{std::move(source), std::move(table)});
  return std::unique_ptr<SeekableZstdReader>(new SeekableZstdReader(std::move(state)));
}

SeekableZstdReader::SeekableZstdReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
SeekableZstdReader::~SeekableZstdReader() = default;

std::uint64_t SeekableZstdReader::size_bytes() const { return FrameOffset(frames()); }
std::size_t SeekableZstdReader::frames() const { return state_->table.frames(); }

std::size_t SeekableZstdReader::FrameAt(std::uint64_t offset) const {
  COFFER_CHECK(offset < size_bytes());
  return state_->table.FrameAt(offset);
}

std::uint64_t SeekableZstdReader::FrameOffset(std::size_t frame) const { return state_->table.PlainOffset(frame); }

Status SeekableZstdReader::ReadFrame(std::size_t frame, std::string& bytes) const {
  COFFER_TRY_CONTEXT(state_->Read(frame, bytes), "seekable zstd frame " + std::to_string(frame));
  return Status::Ok();
}

}  // namespace coffer::format
