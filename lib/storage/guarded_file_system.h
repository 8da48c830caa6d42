// GuardFileSystem turns exceptions of a host's file system into failed calls, because neither RocksDB nor its threads survive
// an exception.
#pragma once

#include <memory>

#include "coffer/file_system.h"

namespace coffer::storage {

// Shares ownership of `base`.
// kIoError: `base` threw an exception; the message is the exception's.
// kResourceExhausted: out of memory.
std::shared_ptr<FileSystem> GuardFileSystem(std::shared_ptr<FileSystem> base);

// The same, but the caller owns `base`, which must outlive the result.
std::shared_ptr<FileSystem> GuardFileSystem(FileSystem& base);

}  // namespace coffer::storage
