#include "operations/import/held_contents.h"

#include "engine/content_state.h"
#include "operations/import/document_contents.h"

namespace coffer::operations {

Status HeldContents::Hold(const std::string& document_id, ByteSource& source) {
  if (contents_.size() == kHeldContentsMax) {
    return Status::ResourceExhausted("more than " + std::to_string(kHeldContentsMax) + " contents before their documents");
  }
  std::optional<ContentWriter> content;
  std::string refusal;
  if (Status status = CopyContent(engine_, source, content, refusal); !status.ok()) return status;
  if (!content) return Status::Corruption("content of document " + document_id + ": " + refusal);
  if (Status status = content->Finish(); !status.ok()) return status;
  in_memory_.push_back(document_id);
  in_memory_bytes_ += content->state().buffered_bytes();
  contents_.insert_or_assign(document_id, std::move(*content));
  return in_memory_bytes_ < kHeldContentsBytesMax ? Status::Ok() : StageAll();
}

Status HeldContents::StageAll() {
  for (const std::string& document_id : in_memory_) {
    const auto held = contents_.find(document_id);
    if (held == contents_.end()) continue;
    if (Status status = held->second.state().StageAll(); !status.ok()) return status;
  }
  in_memory_.clear();
  in_memory_bytes_ = 0;
  return Status::Ok();
}

std::optional<ContentWriter> HeldContents::Take(std::string_view document_id) {
  const auto held = contents_.find(document_id);
  if (held == contents_.end()) return std::nullopt;
  std::optional<ContentWriter> content(std::move(held->second));
  contents_.erase(held);
  return content;
}

}  // namespace coffer::operations
