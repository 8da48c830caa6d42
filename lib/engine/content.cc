#include "coffer/content.h"

#include <algorithm>
#include <cstring>

#include "coffer/limits.h"
#include "engine/content_state.h"
#include "engine/internals.h"
#include "format/stored/keys.h"
#include "vocabulary/check.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

namespace coffer {
namespace engine {

std::uint32_t ChunkCount(std::uint64_t size_bytes) {
  return static_cast<std::uint32_t>((size_bytes + kContentChunkBytes - 1) / kContentChunkBytes);
}

ContentWriterState::ContentWriterState(EngineCore& core) : core_(core), pin_(core.Pin()), content_id_(core.NewContentId()) {}

ContentWriterState::~ContentWriterState() {
  // If this fails, the next open removes the chunks, because their intent row exists.
  if (staged_) Guarded([this] { return RemoveChunks(); }).Ignore();
}

Status ContentWriterState::RemoveChunks() {
  const StoreAccess access = core_.Access();
  storage::WriteBatch batch;
  batch.DeleteRange(storage::Family::kContents, content_id_, format::ContentsEnd(content_id_));
  batch.Delete(storage::Family::kProgress, format::ContentIntentKey(content_id_));
  return core_.CommitToStore(access, batch, {}, Durability::kBuffered);
}

Status ContentWriterState::Append(std::string_view bytes) {
  if (!failure_.ok()) return failure_;
  if (finished_) return Status::InvalidArgument("content: finished already");
  if (bytes.size() > kDocumentContentBytesMax - size_bytes_) {
    return failure_ = Status::ResourceExhausted("content: longer than " + std::to_string(kDocumentContentBytesMax) + " bytes");
  }
  hash_.Update(bytes);
  size_bytes_ += bytes.size();
  while (!bytes.empty()) {
    // A full chunk is written only when another byte follows, so a content of exactly one chunk stays in memory.
    if (buffer_.size() == kContentChunkBytes) {
      if (Status status = WriteChunk(); !status.ok()) return failure_ = status;
    }
    const std::size_t take = std::min(bytes.size(), kContentChunkBytes - buffer_.size());
    buffer_.append(bytes.substr(0, take));
    bytes.remove_prefix(take);
  }
  return Status::Ok();
}

Status ContentWriterState::WriteChunk() {
  COFFER_CHECK(staged_ == (chunks_ > 0));
  const StoreAccess access = core_.Access();
  storage::WriteBatch batch;
  if (!staged_) batch.Put(storage::Family::kProgress, format::ContentIntentKey(content_id_), std::string_view());
  batch.Put(storage::Family::kContents, format::ContentKey(content_id_, chunks_), buffer_);
  // Buffered, because the record's commit makes earlier commits durable too.
  COFFER_TRY(core_.CommitToStore(access, batch, {}, Durability::kBuffered));
  staged_ = true;
  ++chunks_;
  buffer_.clear();
  return Status::Ok();
}

Status ContentWriterState::Finish() {
  if (!failure_.ok()) return failure_;
  if (finished_) return Status::Ok();
  sha256_ = hash_.Finish();
  sha256_hex_ = format::HexText(sha256_);
  finished_ = true;
  return Status::Ok();
}

Status ContentWriterState::WriteAll() {
  if (!failure_.ok() || buffer_.empty()) return failure_;
  if (Status status = WriteChunk(); !status.ok()) return failure_ = status;
  buffer_.shrink_to_fit();
  return Status::Ok();
}

void ContentWriterState::AppendTo(storage::WriteBatch& batch) const {
  COFFER_CHECK(finished_ && staged_ == (chunks_ > 0));
  if (!buffer_.empty()) batch.Put(storage::Family::kContents, format::ContentKey(content_id_, chunks_), buffer_);
  if (staged_) batch.Delete(storage::Family::kProgress, format::ContentIntentKey(content_id_));
}

ContentReaderState::ContentReaderState(storage::Store& store, StorePin pin, const storage::StoreSnapshot* caller_snapshot,
                                       std::unique_ptr<storage::StoreSnapshot> own_snapshot, std::string document_id,
                                       const format::ContentReference& content)
    : store_(store),
      pin_(std::move(pin)),
      own_snapshot_(std::move(own_snapshot)),
      snapshot_(caller_snapshot != nullptr ? caller_snapshot : own_snapshot_.get()),
      document_id_(std::move(document_id)),
      content_id_(content.id),
      sha256_hex_(format::HexText(content.sha256)),
      size_bytes_(content.size_bytes) {}

Status ContentReaderState::LoadChunk(std::uint32_t chunk) {
  if (chunk_number_ == chunk) return Status::Ok();
  chunk_number_ = UINT64_MAX;
  const auto where = [&] { return "document " + document_id_ + ": chunk " + std::to_string(chunk) + " of its content"; };
  COFFER_TRY_CONTEXT(store_.Get(storage::Family::kContents, format::ContentKey(content_id_, chunk), snapshot_, chunk_),
                     where());
  if (!chunk_.found()) return Missing(where());
  const std::uint64_t expected =
      std::min<std::uint64_t>(kContentChunkBytes, size_bytes_ - std::uint64_t{chunk} * kContentChunkBytes);
  if (chunk_.view().size() != expected) return Status::Corruption(where() + " has the wrong length");
  chunk_number_ = chunk;
  return Status::Ok();
}

Status ContentReaderState::Missing(const std::string& where) {
  COFFER_ASSIGN(std::string backup, LeftOutBy(store_, snapshot_));
  if (backup.empty()) return Status::Corruption(where + " is missing");
  return Status::NotFound("document " + document_id_ + ": no content: the store was restored from backup " + backup +
                          ", which left out the contents of documents");
}

Result<std::string> LeftOutBy(storage::Store& store, const storage::StoreSnapshot* snapshot) {
  storage::PinnedValue value;
  COFFER_TRY(store.Get(storage::Family::kProgress, format::ContentsLeftOutKey(), snapshot, value));
  return std::string(value.found() ? value.view() : std::string_view());
}

Result<std::size_t> ContentReaderState::Read(std::span<char> buffer) {
  std::size_t done = 0;
  while (done < buffer.size() && offset_ < size_bytes_) {
    COFFER_TRY(LoadChunk(static_cast<std::uint32_t>(offset_ / kContentChunkBytes)));
    const std::string_view rest = chunk_.view().substr(offset_ % kContentChunkBytes);
    const std::size_t take = std::min(rest.size(), buffer.size() - done);
    std::memcpy(buffer.data() + done, rest.data(), take);
    done += take;
    offset_ += take;
  }
  return done;
}

}  // namespace engine

namespace {

Status MovedFrom() { return Status::InvalidArgument("content: was moved from"); }

}  // namespace

namespace engine {

ContentWriter Internals::WriterOver(std::unique_ptr<ContentWriterState> state) { return ContentWriter(std::move(state)); }
ContentReader Internals::ReaderOver(std::unique_ptr<ContentReaderState> state) { return ContentReader(std::move(state)); }

}  // namespace engine

ContentWriter::ContentWriter(std::unique_ptr<engine::ContentWriterState> state) : state_(std::move(state)) {}
ContentWriter::ContentWriter(ContentWriter&&) noexcept = default;
ContentWriter& ContentWriter::operator=(ContentWriter&&) noexcept = default;
ContentWriter::~ContentWriter() = default;
Status ContentWriter::Append(std::string_view bytes) try {
  return state_ != nullptr ? state_->Append(bytes) : MovedFrom();
} catch (...) {
  return state_ != nullptr ? state_->Fail(StatusOfException()) : StatusOfException();
}

Status ContentWriter::Finish() try { return state_ != nullptr ? state_->Finish() : MovedFrom(); } catch (...) {
  return state_ != nullptr ? state_->Fail(StatusOfException()) : StatusOfException();
}

std::uint64_t ContentWriter::size_bytes() const noexcept { return state_ != nullptr ? state_->size_bytes() : 0; }
const std::string& ContentWriter::sha256() const noexcept {
  static const std::string none;
  return state_ != nullptr ? state_->sha256_hex() : none;
}

ContentReader::ContentReader(std::unique_ptr<engine::ContentReaderState> state) : state_(std::move(state)) {}
ContentReader::ContentReader(ContentReader&&) noexcept = default;
ContentReader& ContentReader::operator=(ContentReader&&) noexcept = default;
ContentReader::~ContentReader() = default;
std::uint64_t ContentReader::size_bytes() const noexcept { return state_->size_bytes(); }
const std::string& ContentReader::sha256() const noexcept { return state_->sha256_hex(); }
void ContentReader::Seek(std::uint64_t offset) noexcept { state_->Seek(offset); }
Result<std::size_t> ContentReader::Read(std::span<char> buffer) try { return state_->Read(buffer); } catch (...) {
  return StatusOfException();
}

}  // namespace coffer
