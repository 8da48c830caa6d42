// Options for opening an engine, for reads and for writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "coffer/visibility.h"

namespace coffer {

class Clock;
class FileSystem;
class RandomSource;
class Snapshot;

// A value outside its range makes Engine::Open fail with kInvalidArgument.
struct OpenOptions {
  // Create a store if the folder is missing or empty. false: Open returns kNotFound.
  bool create_if_missing = true;

  // Allow reads only, and write nothing, so that the store may be on a read-only file system. Writing calls return
  // kPermissionDenied. Several read-only engines can open a folder at the same time; an engine that writes excludes all others.
  bool read_only = false;

  // The time of new records, of the growth statistics, and by which backups, exports and tokens expire.
  // Null: SystemClock(). Must outlive the engine.
  Clock* clock = nullptr;

  // The file system for all files of the engine. Null: PosixFileSystem(). Must outlive the engine.
  FileSystem* file_system = nullptr;

  // The random part of generated ids. Null: SystemRandom(). Must outlive the engine.
  RandomSource* random = nullptr;

  // The folder of the backup repository. Empty: "backups" in the data folder. Put it on another device, or the loss of one
  // device loses data and backups.
  std::string repository = {};

  // Bytes of memory for writes that are not yet in sorted files. At least 4 MiB. Larger: fewer and larger files, but a longer
  // recovery after a crash. Smaller: more compaction. The default allows full ingest speed in 256 MiB of process memory.
  std::size_t write_buffer_bytes = std::size_t{64} << 20;

  // Bytes of memory for blocks read from files, including index and filter blocks. Larger: fewer disk reads.
  std::size_t block_cache_bytes = std::size_t{96} << 20;

  // Files kept open; beyond it the least recently used one is closed. At least 16. Always limited, since a read-only engine
  // without a limit can miss values.
  int open_files_max = 512;

  // Background threads that flush and compact. At least 1. The default suits small machines; more help large ones to sustain
  // ingest.
  int background_threads = 2;
};

// What a write does if the record exists or does not exist. Used by puts, imports and restores.
enum class PutMode : std::uint8_t {
  kUpsert,        // write the record, whether it exists or not
  kInsert,        // fail with kAlreadyExists if the record exists
  kUpdate,        // fail with kNotFound if the record does not exist
  kKeepExisting,  // keep an existing record; the outcome is kKept
  kNewest,        // keep an existing record if its updated_at (a message: created_at) is equal or later
};

// What a write survives once its call has returned.
enum class Durability : std::uint8_t {
  kDurable,   // power loss: the write is on the device
  kBuffered,  // a crash of the process; power loss may take the newest writes, each as a whole
};

struct WriteOptions {
  Durability durability = Durability::kDurable;
};

struct ReadOptions {
  // Read the state of this snapshot. Null: the newest state. It must belong to the same engine and live through the call; for
  // OpenContent, as long as the ContentReader.
  const Snapshot* snapshot = nullptr;

  // Read only records of this owner. A record of another owner is kNotFound, in the words of a missing one. Messages belong to
  // the owner of their conversation, contents to the owner of their document. Empty: records of all owners.
  std::string owner = {};
};

}  // namespace coffer
