// A host's file system as the engine uses it: what that throws comes out as a failed call, since neither RocksDB nor its threads
// would live through it.
#pragma once

#include <memory>

#include "coffer/file_system.h"

namespace coffer::storage {

// Shares `base`. What `base` throws is kIoError with its words; memory that cannot be had is kResourceExhausted.
std::shared_ptr<FileSystem> GuardFileSystem(std::shared_ptr<FileSystem> base);

// The same over one that the caller keeps alive.
std::shared_ptr<FileSystem> GuardFileSystem(FileSystem& base);

}  // namespace coffer::storage
