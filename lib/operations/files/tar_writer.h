// TarWriter: a tar stream (POSIX pax), written once from start to end.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "coffer/result.h"
#include "coffer/timestamp.h"
#include "format/zstd/compression.h"

namespace coffer::operations {

// One thread at a time. Calls return the sink's error, or kResourceExhausted.
class TarWriter {
 public:
  // `time`: the modification time of every entry.
  TarWriter(format::ByteSink sink, Timestamp time);
  ~TarWriter();
  TarWriter(const TarWriter&) = delete;
  TarWriter& operator=(const TarWriter&) = delete;

  // Begins a regular file. Exactly `size_bytes` bytes must follow.
  Status BeginFile(const std::string& path, std::uint64_t size_bytes);
  Status Write(std::string_view bytes);
  // Ends the archive.
  Status Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace coffer::operations
