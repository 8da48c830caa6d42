// TarReader: reads the entries of a tar stream (ustar, pax, GNU) from start to end. Writes nothing to disk.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "coffer/import.h"
#include "coffer/result.h"

namespace coffer::operations {

struct TarEntry {
  std::string path;  // unchecked: may be hostile
  bool is_file = false;
  bool is_folder = false;  // neither is set: a link, a device …
};

// The source must outlive it; one thread at a time.
class TarReader {
 public:
  // `name`: prefix of failure messages.
  TarReader(ByteSource& source, std::string name);
  ~TarReader();
  TarReader(const TarReader&) = delete;
  TarReader& operator=(const TarReader&) = delete;

  // Goes to the next entry. False at the end.
  // kInvalidArgument: not a tar file.
  // kCorruption: damaged or truncated.
  Result<bool> Next(TarEntry& entry);
  // Reads the current entry; 0 at its end.
  Result<std::size_t> Read(char* buffer, std::size_t length);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace coffer::operations
