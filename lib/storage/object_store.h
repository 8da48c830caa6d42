// ObjectStore: whole, immutable objects under names, as a backup repository sees the place where it lies. A folder is the first
// implementation; whatever has these few verbs can be another.
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

// An object on its way. One thread at a time. Nothing of it can be seen before it is published, or at all without that.
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;
  virtual Status Append(std::string_view bytes) = 0;
  // Its bytes are on the device when it returns; no Append may follow. Publishing does it for those that were not finished.
  virtual Status Finish() = 0;
};

// Names are pieces of letters, digits, '-', '_' and '.' with '/' between them; no piece begins with '.'. Others are
// kInvalidArgument. Missing objects are kNotFound. Safe for use from many threads.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  struct Publication {
    ObjectWriter* writer = nullptr;  // of this store
    std::string name;
  };

  virtual Result<std::unique_ptr<ObjectWriter>> New() = 0;
  // Each is durable under its name when it returns. Many at once share their waits for the device. kAlreadyExists: there is one
  // of such a name, which is left as it is. After a failure some may be there.
  virtual Status Publish(std::span<const Publication> objects) = 0;
  // Any range of an object.
  virtual Result<std::unique_ptr<RandomAccessFile>> Open(std::string_view name) = 0;
  virtual Result<std::uint64_t> Size(std::string_view name) = 0;
  // Names that begin with `prefix` and a '/', in no order.
  virtual Result<std::vector<std::string>> List(std::string_view prefix) = 0;
  // What is gone is gone for good when it returns. Nothing there is fine.
  virtual Status Delete(std::string_view name) = 0;

  // Replaces the object in one step: for the few small ones that change.
  virtual Status Replace(std::string_view name, std::string_view bytes) = 0;
  // Keeps other processes from changing anything as long as the lock is held. kBusy.
  virtual Result<std::unique_ptr<FileLock>> Lock() = 0;
  // Removes what writers left that are gone. Under the lock.
  virtual Status RemoveTemporary() = 0;
  virtual Result<std::uint64_t> FreeBytes() = 0;
};

// The objects in a folder, which is made when it is first written to. `files` must outlive the answer.
std::unique_ptr<ObjectStore> NewFolderObjectStore(FileSystem& files, std::string root);

// A new one with all its bytes.
Status PutObject(ObjectStore& objects, std::string_view name, std::string_view bytes);
// kResourceExhausted: longer than `bytes_max`.
Result<std::string> ReadObject(ObjectStore& objects, std::string_view name, std::uint64_t bytes_max);

}  // namespace coffer::storage
