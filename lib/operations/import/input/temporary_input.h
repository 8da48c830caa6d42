// TemporaryInput: copies a stream to a temporary file, for layouts that are read from their end.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "coffer/import.h"
#include "coffer/result.h"
#include "engine/core.h"
#include "format/zstd/range_reader.h"
#include "operations/files/temporary_files.h"

namespace coffer::operations {

// The file is in the live generation and prevents its switching. The destructor removes it; after a crash, the next opening
// does. An encrypted input is encrypted in the file, too. One thread at a time.
class TemporaryInput {
 public:
  // Reads the source to its end. The core must outlive it. Fails with kIoError, kResourceExhausted or the source's failure.
  static Result<std::unique_ptr<TemporaryInput>> Take(engine::EngineCore& core, ByteSource& source, bool encrypted);
  ~TemporaryInput();
  TemporaryInput(const TemporaryInput&) = delete;
  TemporaryInput& operator=(const TemporaryInput&) = delete;

  std::uint64_t bytes() const { return bytes_; }
  // Must not outlive this object.
  format::RangeReader reader() const;

 private:
  TemporaryInput(engine::EngineCore& core, engine::StorePin pin, TemporaryFiles files);
  Status Copy(ByteSource& source);

  engine::EngineCore& core_;
  engine::StorePin pin_;
  TemporaryFiles files_;
  const std::string folder_;
  std::unique_ptr<RandomAccessFile> file_;
  std::uint64_t bytes_ = 0;
};

}  // namespace coffer::operations
