// The states behind ContentWriter and ContentReader.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "coffer/result.h"
#include "engine/core.h"
#include "format/records/sha256.h"
#include "format/stored/stored_record.h"

namespace coffer::engine {

// Invariants:
// * Chunks on disk have an intent row in `progress` until a record names them, in the same commit.
// * A content of at most one chunk is not staged but by WriteAll: it is written in its record's own commit.
class ContentWriterState {
 public:
  explicit ContentWriterState(EngineCore& core);
  // Removes what was staged and not handed over.
  ~ContentWriterState();

  Status Append(std::string_view bytes);
  Status Finish();
  // What every later call, and a put, answers.
  Status Fail(Status failure) noexcept { return failure_ = std::move(failure); }
  bool BelongsTo(const EngineCore& core) const { return &core_ == &core; }
  // Puts what is in memory on disk, so that a finished content can wait long for its record.
  Status WriteAll();
  std::uint64_t size_bytes() const { return size_bytes_; }
  // What is in memory and not staged.
  std::size_t buffered_bytes() const { return buffer_.size(); }
  const std::string& sha256_hex() const { return sha256_hex_; }

  // Valid once finished, as long as this object lives.
  format::ContentReference Reference() const { return {content_id_, size_bytes_, sha256_}; }
  // Adds what is not on disk yet, and the end of the intent, to the commit of the record.
  void AppendTo(storage::WriteBatch& batch) const;
  // The commit is done: the chunks belong to a record now.
  void HandOver() { staged_ = false; }

 private:
  Status WriteChunk();
  Status RemoveChunks();

  EngineCore& core_;
  StorePin pin_;
  std::string content_id_;
  std::string buffer_;  // the chunk being filled
  std::uint32_t chunks_ = 0;
  std::uint64_t size_bytes_ = 0;
  format::Sha256 hash_;
  std::string sha256_;
  std::string sha256_hex_;
  bool staged_ = false;
  bool finished_ = false;
  Status failure_;
};

class ContentReaderState {
 public:
  // Reads at `caller_snapshot`, which must outlive this object, or, where that is null, at `own_snapshot`.
  ContentReaderState(storage::Store& store, StorePin pin, const storage::StoreSnapshot* caller_snapshot,
                     std::unique_ptr<storage::StoreSnapshot> own_snapshot, std::string document_id,
                     const format::ContentReference& content);

  std::uint64_t size_bytes() const { return size_bytes_; }
  const std::string& sha256_hex() const { return sha256_hex_; }
  void Seek(std::uint64_t offset) { offset_ = offset; }
  Result<std::size_t> Read(std::span<char> buffer);

 private:
  Status LoadChunk(std::uint32_t chunk);
  Status Missing(const std::string& where);

  storage::Store& store_;
  StorePin pin_;
  std::unique_ptr<storage::StoreSnapshot> own_snapshot_;
  const storage::StoreSnapshot* snapshot_;
  std::string document_id_;
  std::string content_id_;
  std::string sha256_hex_;
  std::uint64_t size_bytes_ = 0;
  std::uint64_t offset_ = 0;
  storage::PinnedValue chunk_;
  std::uint64_t chunk_number_ = UINT64_MAX;
};

// The backup that left the contents of documents out of this store; empty: none did.
Result<std::string> LeftOutBy(storage::Store& store, const storage::StoreSnapshot* snapshot);

// How many chunks a content of `size_bytes` has.
std::uint32_t ChunkCount(std::uint64_t size_bytes);

}  // namespace coffer::engine
