// The implementations of ContentWriter and ContentReader.
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
// * Chunks on disk have an intent row in `progress` until a record names them. The record's commit removes the row.
// * A content of at most one chunk is written in the commit of its record, unless WriteAll was called.
class ContentWriterState {
 public:
  explicit ContentWriterState(EngineCore& core);
  // Removes the chunks on disk, unless they belong to a record.
  ~ContentWriterState();

  Status Append(std::string_view bytes);
  Status Finish();
  // Makes every later call, and a put, return `failure`.
  Status Fail(Status failure) noexcept { return failure_ = std::move(failure); }
  bool BelongsTo(const EngineCore& core) const { return &core_ == &core; }
  // Writes the last chunk to disk, to free its memory if the record comes much later.
  Status WriteAll();
  std::uint64_t size_bytes() const { return size_bytes_; }
  // Bytes that are in memory and not on disk.
  std::size_t buffered_bytes() const { return buffer_.size(); }
  const std::string& sha256_hex() const { return sha256_hex_; }

  // Call after Finish. Valid as long as this object.
  format::ContentReference Reference() const { return {content_id_, size_bytes_, sha256_}; }
  // Adds the last chunk, and the removal of the intent row, to the commit of the record.
  void AppendTo(storage::WriteBatch& batch) const;
  // Call after that commit: the chunks belong to the record now.
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
  // Reads at `caller_snapshot`, which must outlive this object, or at `own_snapshot` if `caller_snapshot` is null.
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

// The id of the backup that left out the contents of documents when this store was restored from it; empty if no such backup.
Result<std::string> LeftOutBy(storage::Store& store, const storage::StoreSnapshot* snapshot);

// The number of chunks of a content of `size_bytes`.
std::uint32_t ChunkCount(std::uint64_t size_bytes);

}  // namespace coffer::engine
