// InterchangeSource: chosen records of a store as lines of interchange JSON, made as they are read: a conversation with its messages, a
// document with its content, of any size, in memory of a row and a chunk.
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
  // Answers the next record to write; nothing: there are no more.
  using NextRecord = std::function<Result<std::optional<RecordName>>()>;
  // `engine` is read-only, so that it has one moment, and must outlive it.
  InterchangeSource(Engine& engine, NextRecord next) : engine_(engine), next_(std::move(next)) {}

  Result<std::size_t> Read(char* buffer, std::size_t length) override;

  // Documents whose content is not there, since a backup left it out: their lines have none. From the reading thread, or when all is
  // read.
  std::uint64_t contents_missing() const { return contents_missing_; }

 private:
  // Puts more into text_; false: there is no more.
  Result<bool> Produce();
  Status Begin(const RecordName& record);
  Status BeginConversation(const std::string& id);
  Status BeginDocument(const std::string& id);
  Status ProduceMessages();
  Status ProduceContent();

  Engine& engine_;
  const NextRecord next_;
  std::string text_;
  std::size_t offset_ = 0;  // of text_, up to which it was read
  // Of the conversation under way.
  std::unique_ptr<storage::Scan> messages_;
  std::string place_;
  bool first_message_ = true;
  // Of the document under way.
  std::optional<ContentReader> content_;
  std::uint64_t contents_missing_ = 0;
};

}  // namespace coffer::operations
