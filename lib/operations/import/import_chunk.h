// ImportChunk: passed from the reading side of an import to the committing side.
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
  kPut,           // a batch entry; the k-th kPut is the k-th entry
  kRefused,       // cannot be stored; see `reason`
  kAlreadyThere,  // already stored, found before the put
  kFileProblem,   // concerns a file, not one of its lines
};

// The outcome of one line of input, or a problem of a file.
struct ImportLine {
  std::size_t file = 0;    // index of the input
  std::uint64_t line = 0;  // 1-based; 0: the file as a whole
  LineState state = LineState::kPut;
  Kind kind = Kind::kConversation;
  std::uint64_t messages = 0;  // of a conversation
  bool has_content = false;
  std::string place;  // a message's conversation and sequence number; the file of a file problem
  std::string reason;
};

struct ImportChunk {
  explicit ImportChunk(Engine& engine) : batch(engine) {}

  // Approximate memory. batch.bytes() does not count content bytes that are not yet on disk.
  std::size_t bytes() const { return batch.bytes() + content_bytes; }

  Batch batch;
  // If not null, the chunk is this conversation and its line, and the batch is empty.
  std::unique_ptr<engine::ConversationWriter> conversation;
  std::size_t content_bytes = 0;
  std::vector<ImportLine> lines;
};

}  // namespace coffer::operations
