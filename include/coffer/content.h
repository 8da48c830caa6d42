// ContentWriter and ContentReader: the bytes of a document as a stream, with one chunk (kContentChunkBytes) in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "coffer/result.h"
#include "coffer/visibility.h"

namespace coffer {

namespace engine {
class ContentWriterState;
class ContentReaderState;
class Internals;
}  // namespace engine

// Writes a new content, made by Engine::NewContent. Batch::PutDocument or Batch::SetContent makes it a document's content.
// Owned by the caller. One thread at a time. The Engine must outlive it.
// On disk: chunks are written as bytes arrive, under a content id that no record names yet. If the writer is dropped or the
// process crashes before the commit, the chunks are removed, at the latest when the store is next opened. A content that is
// replaced stays untouched until the commit.
// After a move the old object has no content: its calls, and puts of it, return kInvalidArgument.
class COFFER_API ContentWriter {
 public:
  ContentWriter(ContentWriter&&) noexcept;
  ContentWriter& operator=(ContentWriter&&) noexcept;
  ~ContentWriter();

  // Adds bytes at the end. After a failure, every call and every put of this writer returns the same failure.
  // kInvalidArgument: Finish was called; this one does not stick.
  // kResourceExhausted: more than kDocumentContentBytesMax bytes, or the device is full.
  // kIoError, kUnavailable: as for any write (engine.h).
  Status Append(std::string_view bytes);

  // Fixes size and hash; no bytes can be added afterwards. Optional: a put calls it. Calling it again has no effect.
  Status Finish();

  // Bytes appended so far.
  std::uint64_t size_bytes() const noexcept;
  // SHA-256 in 64 lower-case hex digits; empty before Finish.
  const std::string& sha256() const noexcept;

 private:
  friend class engine::Internals;
  explicit ContentWriter(std::unique_ptr<engine::ContentWriterState> state);
  std::unique_ptr<engine::ContentWriterState> state_;
};

// Reads the content that a document had when Engine::OpenContent was called, even if the document is changed or deleted since.
// Owned by the caller. One thread at a time. The Engine, and a Snapshot that it was opened with, must outlive it.
// While it exists, the content stays on disk, and a full restore returns kBusy.
class COFFER_API ContentReader {
 public:
  ContentReader(ContentReader&&) noexcept;
  ContentReader& operator=(ContentReader&&) noexcept;
  ~ContentReader();

  std::uint64_t size_bytes() const noexcept;
  // SHA-256 of the whole content in 64 lower-case hex digits, computed when it was written.
  const std::string& sha256() const noexcept;

  // Sets the position in bytes. At or beyond the end, Read returns 0.
  void Seek(std::uint64_t offset) noexcept;

  // Reads from the current position into `buffer`, advances, and returns the number of bytes: fewer than the buffer only at the
  // end of the content, 0 at the end. After a failure the position is that of the first byte not read.
  // kCorruption: a chunk is missing or has the wrong length.
  // kNotFound: the store was restored from a backup without contents; the message names the backup.
  // kIoError: the file system failed.
  Result<std::size_t> Read(std::span<char> buffer);

 private:
  friend class engine::Internals;
  explicit ContentReader(std::unique_ptr<engine::ContentReaderState> state);
  std::unique_ptr<engine::ContentReaderState> state_;
};

}  // namespace coffer
