// ImportChunk: what the reading side of an import hands to the committing side.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "coffer/batch.h"
#include "coffer/kind.h"
#include "coffer/status.h"
#include "engine/conversation_writer.h"

namespace coffer::operations {

enum class LineState : std::uint8_t {
  kPut,           // an operation of the batch, in the order of the operations
  kRefused,       // cannot be stored; `reason` says why
  kAlreadyThere,  // seen to be there before anything was put
  kFileProblem,   // something about a file, not about one of its lines
};

// One line of input, or one thing that is wrong with a file.
struct ImportLine {
  std::size_t file = 0;    // index among the files of the import
  std::uint64_t line = 0;  // 1-based; 0: the file as a whole
  LineState state = LineState::kPut;
  Kind kind = Kind::kConversation;
  std::uint64_t messages = 0;  // inside a conversation
  bool has_content = false;
  std::string place;  // of a message: conversation and sequence number; of a file problem: the file
  std::string reason;
};

struct ImportChunk {
  explicit ImportChunk(Engine& engine) : batch(engine) {}

  // Approximate memory: what a content has not on disk yet is not in batch.bytes().
  std::size_t bytes() const { return batch.bytes() + content_bytes; }

  Batch batch;
  // Not null: the chunk is this one conversation, and its line; the batch is empty.
  std::unique_ptr<engine::ConversationWriter> conversation;
  std::size_t content_bytes = 0;
  std::vector<ImportLine> lines;
};

}  // namespace coffer::operations
