// ObjectStore: named immutable objects, the storage of a backup repository. The one implementation is a folder; any service
// with these calls can be another.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/file_system.h"
#include "coffer/result.h"

namespace coffer::storage {

// An object that is being written. Use from one thread at a time. It is invisible until it is published.
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;
  virtual Status Append(std::string_view bytes) = 0;
  // On return the bytes are on the device. No Append may follow. Publish finishes writers that are not finished.
  virtual Status Finish() = 0;
};

// Names consist of letters, digits, '-', '_', '.' and '/'. No part between slashes is empty or begins with '.'.
// Safe for use from many threads.
// kInvalidArgument: not a valid name.
// kNotFound: no object of this name.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  struct Publication {
    ObjectWriter* writer = nullptr;  // of this store
    std::string name;
  };

  virtual Result<std::unique_ptr<ObjectWriter>> New() = 0;
  // On return each object is durable under its name. Many objects in one call share the waits for the device. After a failure
  // some of the objects may be published.
  // kAlreadyExists: an object has this name already; it is unchanged.
  virtual Status Publish(std::span<const Publication> objects) = 0;
  // For reads of any range of the object.
  virtual Result<std::unique_ptr<RandomAccessFile>> Open(std::string_view name) = 0;
  virtual Result<std::uint64_t> Size(std::string_view name) = 0;
  // Names that begin with `prefix` and a '/', in any order.
  virtual Result<std::vector<std::string>> List(std::string_view prefix) = 0;
  // On return the removal is durable. OK if there is no such object.
  virtual Status Delete(std::string_view name) = 0;

  // Replaces or creates the object atomically. For the few small objects that change.
  virtual Status Replace(std::string_view name, std::string_view bytes) = 0;
  // While the lock is held, no other process changes the store.
  // kBusy: another process holds it.
  virtual Result<std::unique_ptr<FileLock>> Lock() = 0;
  // Removes temporary files of writers that no longer exist. The caller must hold the lock.
  virtual Status RemoveTemporary() = 0;
  virtual Result<std::uint64_t> FreeBytes() = 0;
};

// Objects in a folder, which is created by the first write. `files` must outlive the result.
std::unique_ptr<ObjectStore> NewFolderObjectStore(FileSystem& files, std::string root);

// Creates an object.
Status PutObject(ObjectStore& objects, std::string_view name, std::string_view bytes);
// kResourceExhausted: the object is longer than `bytes_max`.
Result<std::string> ReadObject(ObjectStore& objects, std::string_view name, std::uint64_t bytes_max);

}  // namespace coffer::storage
