// TarReader: the entries of a tar stream (ustar, pax, GNU), read once from start to end. Nothing is ever written to disk.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "coffer/import.h"
#include "coffer/result.h"

namespace coffer::operations {

struct TarEntry {
  std::string path;  // as it stands in the archive: may be hostile
  bool is_file = false;
  bool is_folder = false;  // neither: a link, a device …
};

// The source must outlive it; one thread at a time.
class TarReader {
 public:
  // `name` stands before what goes wrong.
  TarReader(ByteSource& source, std::string name);
  ~TarReader();
  TarReader(const TarReader&) = delete;
  TarReader& operator=(const TarReader&) = delete;

  // Goes to the next entry; false at the end. kInvalidArgument: no tar file. kCorruption: damaged or cut off.
  Result<bool> Next(TarEntry& entry);
  // Bytes of the present entry; 0 at its end.
  Result<std::size_t> Read(char* buffer, std::size_t length);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace coffer::operations
