#include "format/parquet/parquet_compressor.h"

#include <zstd.h>

#include "vocabulary/try.h"

namespace coffer::format {

struct ParquetCompressor::Context {
  explicit Context(int level) : stream(ZSTD_createCCtx()) {
    // No zstd checksum, because Parquet has its own for every page.
    if (stream != nullptr) ZSTD_CCtx_setParameter(stream, ZSTD_c_compressionLevel, level);
    buffer.resize(ZSTD_CStreamOutSize());
  }
  ~Context() { ZSTD_freeCCtx(stream); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  Status Run(std::string_view bytes, ZSTD_EndDirective directive, std::string& out) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    while (true) {
      ZSTD_outBuffer to{buffer.data(), buffer.size(), 0};
      const std::size_t left = ZSTD_compressStream2(stream, &to, &in, directive);
      if (ZSTD_isError(left)) return Status::Internal(std::string("zstd: ") + ZSTD_getErrorName(left));
      out.append(buffer, 0, to.pos);
      if (directive == ZSTD_e_end ? left == 0 : in.pos == in.size) return Status::Ok();
    }
  }

  ZSTD_CCtx* stream;
  std::string buffer;
};

ParquetCompressor::ParquetCompressor(int level)
    : level_(level), context_(level > 0 ? std::make_unique<Context>(level) : nullptr) {}
ParquetCompressor::~ParquetCompressor() = default;

ParquetCodec ParquetCompressor::codec() const { return level_ > 0 ? ParquetCodec::kZstd : ParquetCodec::kUncompressed; }

Status ParquetCompressor::Append(std::span<const std::string_view> pieces, std::string& out) {
  if (context_ == nullptr) {
    for (std::string_view piece : pieces) out += piece;
    return Status::Ok();
  }
  if (context_->stream == nullptr) return Status::ResourceExhausted("zstd: no memory for a compressor");
  std::size_t bytes = 0;
  for (std::string_view piece : pieces) bytes += piece.size();
  // With its size in the header, a frame is decompressed in one step, and a small frame has a small window.
  ZSTD_CCtx_reset(context_->stream, ZSTD_reset_session_only);
  ZSTD_CCtx_setPledgedSrcSize(context_->stream, bytes);
  for (std::string_view piece : pieces) {
    COFFER_TRY(context_->Run(piece, ZSTD_e_continue, out));
  }
  return context_->Run({}, ZSTD_e_end, out);
}

}  // namespace coffer::format
