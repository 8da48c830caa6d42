#include "operations/import/temporary_contents.h"

#include "engine/content_state.h"
#include "engine/internals.h"
#include "operations/import/document_contents.h"
#include "vocabulary/try.h"

namespace coffer::operations {

Status TemporaryContents::Hold(const std::string& document_id, ByteSource& source) {
  if (contents_.size() == kTemporaryContentsMax) {
    return Status::ResourceExhausted("more than " + std::to_string(kTemporaryContentsMax) + " contents before their documents");
  }
  std::optional<ContentWriter> content;
  std::string refusal;
  COFFER_TRY(CopyContent(engine_, source, content, refusal));
  if (!content) return Status::Corruption("content of document " + document_id + ": " + refusal);
  COFFER_TRY(content->Finish());
  in_memory_.push_back(document_id);
  in_memory_bytes_ += engine::Internals::StateOf(*content)->buffered_bytes();
  contents_.insert_or_assign(document_id, std::move(*content));
  return in_memory_bytes_ < kTemporaryContentsBytesMax ? Status::Ok() : WriteAll();
}

Status TemporaryContents::WriteAll() {
  for (const std::string& document_id : in_memory_) {
    const auto held = contents_.find(document_id);
    if (held == contents_.end()) continue;
    COFFER_TRY(engine::Internals::StateOf(held->second)->WriteAll());
  }
  in_memory_.clear();
  in_memory_bytes_ = 0;
  return Status::Ok();
}

std::optional<ContentWriter> TemporaryContents::Take(std::string_view document_id) {
  const auto held = contents_.find(document_id);
  if (held == contents_.end()) return std::nullopt;
  std::optional<ContentWriter> content(std::move(held->second));
  contents_.erase(held);
  return content;
}

}  // namespace coffer::operations
