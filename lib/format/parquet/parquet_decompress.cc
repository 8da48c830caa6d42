#include "format/parquet/parquet_decompress.h"

#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

namespace coffer::format {
namespace {

Status Damaged(std::string_view codec, std::string_view why) {
  return Status::Corruption(std::string(codec) + ": " + std::string(why));
}

Status Zstd(std::string_view body, char* out, std::size_t bytes) {
  const std::size_t got = ZSTD_decompress(out, bytes, body.data(), body.size());
  if (ZSTD_isError(got)) return Damaged("zstd", ZSTD_getErrorName(got));
  return got == bytes ? Status::Ok() : Damaged("zstd", "fewer bytes than the page header says");
}

Status Snappy(std::string_view body, char* out, std::size_t bytes) {
  std::size_t told = 0;
  if (!snappy::GetUncompressedLength(body.data(), body.size(), &told)) return Damaged("snappy", "malformed");
  if (told != bytes) return Damaged("snappy", "the length differs from the page header");
  return snappy::RawUncompress(body.data(), body.size(), out) ? Status::Ok() : Damaged("snappy", "malformed");
}

Status Gzip(std::string_view body, char* out, std::size_t bytes) {
  z_stream stream{};
  constexpr int kGzipOrZlib = 32 + MAX_WBITS;
  if (::inflateInit2(&stream, kGzipOrZlib) != Z_OK) return Status::ResourceExhausted("gzip: no memory for a decompressor");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(out);
  stream.avail_out = static_cast<uInt>(bytes);
  const int ended = ::inflate(&stream, Z_FINISH);
  const bool whole = ended == Z_STREAM_END && stream.avail_out == 0;
  ::inflateEnd(&stream);
  return whole ? Status::Ok() : Damaged("gzip", "malformed, or the length differs from the page header");
}

}  // namespace

Status AppendDecompressed(ParquetCodec codec, std::string_view body, std::size_t plain_bytes, std::string& out) {
  // With any codec, some writers write no bytes for an empty body.
  if (codec == ParquetCodec::kUncompressed || (body.empty() && plain_bytes == 0)) {
    if (body.size() != plain_bytes) return Status::Corruption("the length differs from the page header");
    out += body;
    return Status::Ok();
  }
  const std::size_t begin = out.size();
  out.resize(begin + plain_bytes);
  char* const to = out.data() + begin;
  switch (codec) {
    case ParquetCodec::kZstd:
      return Zstd(body, to, plain_bytes);
    case ParquetCodec::kSnappy:
      return Snappy(body, to, plain_bytes);
    case ParquetCodec::kGzip:
      return Gzip(body, to, plain_bytes);
    case ParquetCodec::kUncompressed:
      break;
  }
  return Status::InvalidArgument("unsupported codec");
}

}  // namespace coffer::format
