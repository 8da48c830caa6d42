#include "format/zstd/compression.h"

#include <zstd.h>
#include <zstd_errors.h>

#include <string>
#include <utility>

#include "vocabulary/try.h"

namespace coffer::format {
namespace {

Status ZstdFailure(std::string_view what, std::size_t code) {
  const ZSTD_ErrorCode error = ZSTD_getErrorCode(code);
  std::string message(what);
  message.append(": ").append(ZSTD_getErrorName(code));
  if (error == ZSTD_error_frameParameter_windowTooLarge) {
    message.append(", above 2^").append(std::to_string(kZstdWindowLogMax)).append(" bytes");
    return Status::ResourceExhausted(std::move(message));
  }
  if (error == ZSTD_error_memory_allocation) return Status::ResourceExhausted(std::move(message));
  return Status::Corruption(std::move(message));
}

}  // namespace

struct ZstdCompressor::Context {
  Context(int level, int workers, ByteSink to) : stream(ZSTD_createCCtx()), sink(std::move(to)) {
    buffer.resize(ZSTD_CStreamOutSize());
    if (stream == nullptr) {
      status = Status::ResourceExhausted("zstd: no memory for a compressor");
      return;
    }
    // zstd clamps values out of range. A libzstd without threads rejects nbWorkers; this thread then compresses.
    ZSTD_CCtx_setParameter(stream, ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(stream, ZSTD_c_checksumFlag, 1);
    if (workers > 0) ZSTD_CCtx_setParameter(stream, ZSTD_c_nbWorkers, workers);
  }
  ~Context() { ZSTD_freeCCtx(stream); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  Status Run(std::string_view bytes, ZSTD_EndDirective directive) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    while (status.ok()) {
      ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
      const std::size_t left = ZSTD_compressStream2(stream, &out, &in, directive);
      if (ZSTD_isError(left)) {
        status = Status::Internal(std::string("zstd: ") + ZSTD_getErrorName(left));
        break;
      }
      if (out.pos > 0) status = sink(std::string_view(buffer.data(), out.pos));
      if (directive == ZSTD_e_end ? left == 0 : in.pos == in.size) break;
    }
    return status;
  }

  ZSTD_CCtx* stream;
  ByteSink sink;
  std::string buffer;
  Status status;  // the first failure
};

ZstdCompressor::ZstdCompressor(int level, int workers, ByteSink sink)
    : context_(std::make_unique<Context>(level, workers, std::move(sink))) {}
ZstdCompressor::~ZstdCompressor() = default;

Status ZstdCompressor::Write(std::string_view bytes) {
  return bytes.empty() ? context_->status : context_->Run(bytes, ZSTD_e_continue);
}

Status ZstdCompressor::Finish() {
  Status finished = context_->Run({}, ZSTD_e_end);
  if (finished.ok()) context_->status = Status::Internal("zstd: write after Finish");
  return finished;
}

struct ZstdDecompressor::Context {
  explicit Context(ByteReader from) : stream(ZSTD_createDCtx()), source(std::move(from)) {
    buffer.resize(ZSTD_DStreamInSize());
    if (stream == nullptr) {
      status = Status::ResourceExhausted("zstd: no memory for a decompressor");
      return;
    }
    ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, kZstdWindowLogMax);
  }
  ~Context() { ZSTD_freeDCtx(stream); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  Status Fill() {
    COFFER_ASSIGN(std::size_t got, source(buffer.data(), buffer.size()));
    in = {buffer.data(), got, 0};
    source_ended = got == 0;
    return Status::Ok();
  }

  // Runs until it produces output, the stream ends or it fails.
  Result<std::size_t> Read(char* to, std::size_t length) {
    ZSTD_outBuffer out{to, length, 0};
    while (status.ok() && out.pos == 0 && length > 0) {
      if (in.pos == in.size && !output_waits && !source_ended) status = Fill();
      if (!status.ok()) break;
      const bool dry = in.pos == in.size;
      if (dry && !output_waits) {
        if (within_frame) status = Status::Corruption("zstd: truncated within a frame");
        break;
      }
      const std::size_t hint = ZSTD_decompressStream(stream, &out, &in);
      if (ZSTD_isError(hint)) {
        status = ZstdFailure("zstd", hint);
        break;
      }
      within_frame = hint != 0;
      // If the output is full, more may be buffered. If it is not full, the stream needs input.
      output_waits = within_frame && out.pos == out.size;
    }
    if (!status.ok() && out.pos == 0) return status;
    return out.pos;
  }

  ZSTD_DCtx* stream;
  ByteReader source;
  std::string buffer;
  ZSTD_inBuffer in{nullptr, 0, 0};
  bool within_frame = false;
  bool output_waits = false;
  bool source_ended = false;
  Status status;  // the first failure
};

ZstdDecompressor::ZstdDecompressor(ByteReader source) : context_(std::make_unique<Context>(std::move(source))) {}
ZstdDecompressor::~ZstdDecompressor() = default;

Result<std::size_t> ZstdDecompressor::Read(char* buffer, std::size_t length) { return context_->Read(buffer, length); }

bool LooksLikeZstd(std::string_view first_bytes) {
  if (first_bytes.size() < 4) return false;
  const bool frame = first_bytes.starts_with("\x28\xB5\x2F\xFD");
  const bool skippable = (first_bytes[0] & 0xF0) == 0x50 && first_bytes.substr(1, 3) == "\x2A\x4D\x18";
  return frame || skippable;
}

}  // namespace coffer::format
