#include "format/range_reader.h"

namespace coffer::format {

Status ReadExactly(const RangeReader& source, std::uint64_t offset, std::size_t length, char* buffer) {
  for (std::size_t filled = 0; filled < length;) {
    const Result<std::size_t> got = source(offset + filled, length - filled, buffer + filled);
    if (!got.ok()) return got.status();
    if (*got == 0 || *got > length - filled) return Status::Corruption("is cut off");
    filled += *got;
  }
  return Status::Ok();
}

}  // namespace coffer::format
