#include "zstd_file.h"

#include <unistd.h>

#include "require.h"

namespace coffer::bench {
namespace {

constexpr std::size_t kPendingBytes = std::size_t{256} << 10;  // records are small, and each call to zstd costs time

}  // namespace

ZstdFile::ZstdFile(const std::filesystem::path& path, int workers)
    : path_(path), file_(std::fopen(path.c_str(), "wb")), context_(ZSTD_createCCtx()), packed_(ZSTD_CStreamOutSize(), '\0') {
  Require(file_ != nullptr, "cannot create", path.string());
  ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, kExportZstdLevel);
  const std::size_t result = ZSTD_CCtx_setParameter(context_, ZSTD_c_nbWorkers, workers);
  Require(!ZSTD_isError(result), "zstd without threads", ZSTD_getErrorName(result));
}

ZstdFile::~ZstdFile() {
  ZSTD_freeCCtx(context_);
  if (file_ != nullptr) std::fclose(file_);
}

void ZstdFile::Append(std::string_view text) {
  text_bytes_ += text.size();
  pending_.append(text);
  if (pending_.size() < kPendingBytes) return;
  Compress(pending_, ZSTD_e_continue);
  pending_.clear();
}

void ZstdFile::Finish() {
  Compress(pending_, ZSTD_e_end);
  pending_.clear();
  Require(std::fflush(file_) == 0 && ::fsync(::fileno(file_)) == 0, "cannot make durable", path_.string());
  std::fclose(file_);
  file_ = nullptr;
}

void ZstdFile::Compress(std::string_view text, ZSTD_EndDirective directive) {
  ZSTD_inBuffer input{text.data(), text.size(), 0};
  std::size_t left = 0;
  do {
    ZSTD_outBuffer output{packed_.data(), packed_.size(), 0};
    left = ZSTD_compressStream2(context_, &output, &input, directive);
    Require(!ZSTD_isError(left), "zstd", ZSTD_getErrorName(left));
    Require(std::fwrite(packed_.data(), 1, output.pos, file_) == output.pos, "cannot write", path_.string());
  } while (directive == ZSTD_e_end ? left != 0 : input.pos < input.size);
}

}  // namespace coffer::bench
