// Inlined for the same reasons as in tally.cc.
#define XXH_INLINE_ALL
#include <xxhash.h>
#include <zstd.h>

#include <algorithm>
#include <utility>

#include "format/zstd/seek_table.h"
#include "format/zstd/seekable_zstd.h"
#include "vocabulary/fixed_width.h"
#include "vocabulary/try.h"

namespace coffer::format {
namespace {

constexpr std::uint32_t kFrameMagic = 0xFD2FB528;
// A four-byte content size, which is also the window size, and a checksum.
constexpr std::uint8_t kRawFrameDescriptor = 0xA4;
constexpr std::uint32_t kLastBlock = 1;
static_assert(kRawFrameBytes <= std::size_t{128} << 10, "a raw frame is one block");
constexpr std::size_t kChecksumBytes = 4;
// A smaller gain is not worth the decompression.
constexpr std::size_t kGainDivisor = 32;

std::uint32_t ChecksumAt(const char* bytes) {
  return FieldReader(std::string_view(bytes, kChecksumBytes)).Number<std::uint32_t>();
}

}  // namespace

struct SeekableZstdWriter::State {
  State(bool compress, ByteSink to) : sink(std::move(to)) {
    if (compress) status = PrepareCompression();
  }
  ~State() { ZSTD_freeCCtx(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Status PrepareCompression();
  Status Write(std::string_view bytes);
  Status Finish();
  Status WriteFrame(std::string_view plain);
  Status WriteRaw(std::string_view plain);
  Status WriteRawFrame(std::string_view plain);
  // Returns 0 if compression does not pay.
  Result<std::size_t> Compress(std::string_view plain);

  ByteSink sink;
  ZSTD_CCtx* context = nullptr;  // null: all frames are raw
  std::string packed;
  int raw_to_come = 0;  // the number of next frames to write raw without a try
  std::string waiting;
  SeekTableBuilder table;
  Status status;  // the first failure
};

Status SeekableZstdWriter::State::PrepareCompression() {
  context = ZSTD_createCCtx();
  if (context == nullptr || ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 1)) != 0 ||
      ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)) != 0) {
    return Status::ResourceExhausted("zstd: no memory for a compressor");
  }
  packed.resize(ZSTD_compressBound(kSeekableFrameBytes));
  return Status::Ok();
}

Status SeekableZstdWriter::State::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    // A whole frame is written from `bytes` without a copy.
    const std::string_view piece = bytes.substr(0, kSeekableFrameBytes - waiting.size());
    bytes.remove_prefix(piece.size());
    if (piece.size() == kSeekableFrameBytes) {
      COFFER_TRY(WriteFrame(piece));
      continue;
    }
    if (waiting.empty()) waiting.reserve(kSeekableFrameBytes);
    waiting += piece;
    if (waiting.size() < kSeekableFrameBytes) continue;
    COFFER_TRY(WriteFrame(waiting));
    waiting.clear();
  }
  return Status::Ok();
}

Status SeekableZstdWriter::State::Finish() {
  if (!waiting.empty()) {
    COFFER_TRY(WriteFrame(waiting));
  }
  return sink(table.Finish());
}

Status SeekableZstdWriter::State::WriteFrame(std::string_view plain) {
  if (table.frames() + kSeekableFrameBytes / kRawFrameBytes > kSeekableFramesMax) {
    return Status::ResourceExhausted("seekable zstd: more than " + std::to_string(kSeekableFramesMax) + " frames");
  }
  if (context == nullptr) return WriteRaw(plain);
  if (raw_to_come > 0) {
    --raw_to_come;
    return WriteRaw(plain);
  }
  COFFER_ASSIGN(const std::size_t size, Compress(plain));
  if (size == 0) {
    raw_to_come = kFramesUnsampled;
    return WriteRaw(plain);
  }
  table.Add(static_cast<std::uint32_t>(size), static_cast<std::uint32_t>(plain.size()),
            ChecksumAt(packed.data() + size - kChecksumBytes));
  return sink(std::string_view(packed.data(), size));
}

Result<std::size_t> SeekableZstdWriter::State::Compress(std::string_view plain) {
  const std::size_t size = ZSTD_compress2(context, packed.data(), packed.size(), plain.data(), plain.size());
  if (ZSTD_isError(size) != 0) return Status::Internal(std::string("zstd: ") + ZSTD_getErrorName(size));
  return size > plain.size() - plain.size() / kGainDivisor ? 0 : size;
}

Status SeekableZstdWriter::State::WriteRaw(std::string_view plain) {
  for (; !plain.empty(); plain.remove_prefix(std::min(plain.size(), kRawFrameBytes))) {
    COFFER_TRY(WriteRawFrame(plain.substr(0, kRawFrameBytes)));
  }
  return Status::Ok();
}

Status SeekableZstdWriter::State::WriteRawFrame(std::string_view plain) {
  const auto checksum = static_cast<std::uint32_t>(XXH64(plain.data(), plain.size(), 0));
  const auto bytes = static_cast<std::uint32_t>(plain.size());
  std::string header;
  AppendLittleEndian(kFrameMagic, header);
  AppendLittleEndian(kRawFrameDescriptor, header);
  AppendLittleEndian(bytes, header);
  AppendLittleEndian(bytes << 3 | kLastBlock, header);
  header.pop_back();  // a block header has three bytes
  std::string end;
  AppendLittleEndian(checksum, end);
  for (const std::string_view part : {std::string_view(header), plain, std::string_view(end)}) {
    COFFER_TRY(sink(part));
  }
  table.Add(static_cast<std::uint32_t>(header.size() + plain.size() + end.size()), bytes, checksum);
  return Status::Ok();
}

SeekableZstdWriter::SeekableZstdWriter(bool compress, ByteSink sink)
    : state_(std::make_unique<State>(compress, std::move(sink))) {}
SeekableZstdWriter::~SeekableZstdWriter() = default;

Status SeekableZstdWriter::Write(std::string_view bytes) {
  if (state_->status.ok()) state_->status = state_->Write(bytes);
  return state_->status;
}

Status SeekableZstdWriter::Finish() {
  if (state_->status.ok()) state_->status = state_->Finish();
  Status finished = state_->status;
  if (finished.ok()) state_->status = Status::Internal("seekable zstd: write after Finish");
  return finished;
}

}  // namespace coffer::format
