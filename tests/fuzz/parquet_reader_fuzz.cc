// Any bytes as a Parquet file: read up to the first failure, or to the end.
#include <cstdint>
#include <string_view>

#include "format/parquet/parquet_reader.h"

namespace {

// A few bytes can declare many rows; reading them all would prove nothing more.
constexpr std::uint64_t kRowsMax = 10'000;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  const auto source = [file](std::uint64_t offset, std::size_t length, char* buffer) -> coffer::Result<std::size_t> {
    return offset > file.size() ? 0 : file.substr(static_cast<std::size_t>(offset)).copy(buffer, length);
  };
  const auto reader = coffer::format::ParquetReader::Open(source, file.size());
  if (!reader.ok()) return 0;
  while ((*reader)->row() < kRowsMax) {
    const coffer::Result<bool> more = (*reader)->NextRow();
    if (!more.ok() || !*more) break;
  }
  return 0;
}
