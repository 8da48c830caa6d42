// ContentWriter and ContentReader: a document's bytes as a stream, in memory bounded by one chunk (kContentChunkBytes).
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

// Takes up a document's new content. The bytes go to disk as they come, under a content id of their own that no record names
// yet; Batch::PutDocument or Batch::SetContent makes them a document's. Dropped before that, or cut off by a crash, they
// are removed, at the latest when the store is next opened. Replacing a content never touches the old one before the commit.
// Owned by the caller; one thread at a time; the Engine must outlive it. One that was moved from has no content any more: its
// calls, and puts of it, are kInvalidArgument.
class COFFER_API ContentWriter {
 public:
  ContentWriter(ContentWriter&&) noexcept;
  ContentWriter& operator=(ContentWriter&&) noexcept;
  ~ContentWriter();

  // kResourceExhausted: beyond kDocumentContentBytesMax, or the device is full. kIoError, kUnavailable: as any write
  // (engine.h). After a failure every call, and a put of it, answers that failure again.
  Status Append(std::string_view bytes);

  // Closes the content and fixes its size and hash. Append is kInvalidArgument afterwards.
  // Called by the batch if the caller did not.
  Status Finish();

  std::uint64_t size_bytes() const noexcept;
  // SHA-256 in 64 lower-case hex digits; empty before Finish.
  const std::string& sha256() const noexcept;

 private:
  friend class engine::Internals;
  explicit ContentWriter(std::unique_ptr<engine::ContentWriterState> state);
  std::unique_ptr<engine::ContentWriterState> state_;
};

// Reads the content that a document had when the reader was opened, whatever happens to the document meanwhile.
// Owned by the caller; one thread at a time; the Engine must outlive it.
class COFFER_API ContentReader {
 public:
  ContentReader(ContentReader&&) noexcept;
  ContentReader& operator=(ContentReader&&) noexcept;
  ~ContentReader();

  std::uint64_t size_bytes() const noexcept;
  // SHA-256 in 64 lower-case hex digits, as it was when the content was stored.
  const std::string& sha256() const noexcept;

  // Goes to `offset`; beyond the end reads give 0 bytes.
  void Seek(std::uint64_t offset) noexcept;

  // Fills `buffer` from the present place and moves on; fewer bytes only at the end, 0 behind it.
  // kCorruption: a chunk is missing or shorter than it was written. kNotFound: the store was restored from a backup that left
  // contents out; the message names it. After a failure the place is that of the first byte not read.
  Result<std::size_t> Read(std::span<char> buffer);

 private:
  friend class engine::Internals;
  explicit ContentReader(std::unique_ptr<engine::ContentReaderState> state);
  std::unique_ptr<engine::ContentReaderState> state_;
};

}  // namespace coffer
