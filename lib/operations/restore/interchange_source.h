// InterchangeSource: chosen records of a store as lines of interchange JSON, made while they are read: a conversation with its
// messages, a document with its content. Records may have any size; only a row and a chunk are in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "coffer/engine.h"
#include "coffer/import.h"
#include "coffer/kind.h"
#include "coffer/result.h"
#include "engine/record_reads.h"
#include "storage/store.h"

namespace coffer::operations {

struct RecordName {
  Kind kind = Kind::kConversation;
  std::string id;
};

class InterchangeSource final : public ByteSource {
 public:
  // Returns the next record to write; nullopt at the end.
  using NextRecord = std::function<Result<std::optional<RecordName>>()>;
  // `engine` must be read-only, so that all reads see one state, and must outlive the source.
  InterchangeSource(Engine& engine, NextRecord next) : engine_(engine), next_(std::move(next)) {}

  Result<std::size_t> Read(char* buffer, std::size_t length) override;

  // Documents whose content a backup left out; their lines have no content. Call it from the reading thread or at the end.
  std::uint64_t contents_missing() const { return contents_missing_; }

 private:
  // Fills text_; false at the end.
  Result<bool> Produce();
  Status Begin(const RecordName& record);
  Status BeginConversation(const std::string& id);
  Status BeginDocument(const std::string& id);
  Status ProduceMessages();
  Status ProduceContent();

  Engine& engine_;
  const NextRecord next_;
  std::string text_;
  std::size_t offset_ = 0;  // of the unread rest of text_
  // The conversation in progress.
  std::unique_ptr<storage::Scan> messages_;
  std::string place_;
  bool first_message_ = true;
  // The document in progress.
  std::optional<ContentReader> content_;
  std::uint64_t contents_missing_ = 0;
};

}  // namespace coffer::operations
