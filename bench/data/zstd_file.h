// A file written through zstd: the sink of all compared exports, so that all pay for the same compression.
#ifndef COFFER_BENCH_ZSTD_FILE_H_
#define COFFER_BENCH_ZSTD_FILE_H_

#include <zstd.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

namespace coffer::bench {

inline constexpr int kExportZstdLevel = 3;

// Owned by one thread. The file is complete and durable once Finish has returned.
class ZstdFile {
 public:
  // `workers` is ZSTD_c_nbWorkers: 0 compresses on the caller's thread.
  ZstdFile(const std::filesystem::path& path, int workers);
  ~ZstdFile();
  ZstdFile(const ZstdFile&) = delete;
  ZstdFile& operator=(const ZstdFile&) = delete;

  void Append(std::string_view text);
  void Finish();
  std::uint64_t text_bytes() const { return text_bytes_; }

 private:
  void Compress(std::string_view text, ZSTD_EndDirective directive);

  std::filesystem::path path_;
  std::FILE* file_;
  ZSTD_CCtx* context_;
  std::string pending_;
  std::string packed_;
  std::uint64_t text_bytes_ = 0;
};

}  // namespace coffer::bench

#endif  // COFFER_BENCH_ZSTD_FILE_H_
