// How to open an engine, and how to read from and write to one.
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

// Values outside their range are kInvalidArgument.
struct OpenOptions {
  // Make a new store where the folder is missing or empty. false: a missing store is kNotFound.
  bool create_if_missing = true;

  // Serve reads only, and write nothing at all: works on a read-only file system. Writes are kPermissionDenied.
  // Several read-only engines may share a folder; a writing one excludes them all.
  bool read_only = false;

  // The time that new records get, that statistics by day are kept under, and that backups and tokens expire by.
  // Null: SystemClock(). Must outlive the engine.
  Clock* clock = nullptr;

  // Under all of the engine's files. Null: the operating system's. Must outlive the engine.
  FileSystem* file_system = nullptr;

  // Where generated ids get their random part. Null: SystemRandom(). Must outlive the engine.
  RandomSource* random = nullptr;

  // The folder of the backup repository. Empty: "backups" inside the data folder. A repository on another device is what
  // survives the loss of this one.
  std::string repository;

  // Memory for writes that are not yet in sorted files. Larger: fewer, larger files and a longer recovery after a crash;
  // smaller: more compaction. At least 4 MiB. The default keeps ingest at full rate within 256 MiB of process memory.
  std::size_t write_buffer_bytes = std::size_t{64} << 20;

  // Memory for blocks read from files, index and filter blocks included. Larger: more reads without the disk.
  std::size_t block_cache_bytes = std::size_t{96} << 20;

  // Files kept open; the least recently used are closed. At least 16. Finite always, since an unbounded read-only open can miss
  // values.
  int open_files_max = 512;

  // Threads that flush and compact in the background, at least 1. 2 suits small machines; more helps sustained ingest on large
  // ones.
  int background_threads = 2;
};

// What happens to a record that exists already. One enumeration for puts, imports and restores.
enum class PutMode : std::uint8_t {
  kUpsert,        // write the record, whether it exists or not
  kInsert,        // fail with kAlreadyExists if the record exists
  kUpdate,        // fail with kNotFound if the record does not exist
  kKeepExisting,  // keep a record that exists, and say so in the result
  kNewest,        // keep a record that exists if its updated_at (of a message: created_at) is the same or later
};

// What a returned write has survived.
enum class Durability : std::uint8_t {
  kDurable,   // power loss: it is on the device
  kBuffered,  // a crash of the process; a loss of power may take the newest writes, never the middle of one
};

struct WriteOptions {
  Durability durability = Durability::kDurable;
};

struct ReadOptions {
  // Read this moment's state instead of the newest. Null: the newest. One of the same engine, alive for the call, and as long
  // as a ContentReader that is opened by it.
  const Snapshot* snapshot = nullptr;
};

}  // namespace coffer
