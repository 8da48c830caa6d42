// LineSplitter: splits an interchange line that is too long for memory into the items of "messages", the text of
// "content_base64", and the rest of the record, which is short.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "coffer/result.h"
#include "format/json/json_scanner.h"
#include "format/json/json_text.h"

namespace coffer::format {

// Receives the parts of a line. A failed Status ends the splitting.
class LinePartSink {
 public:
  virtual ~LinePartSink() = default;
  virtual Status BeginMessages() = 0;
  // One item, unchanged and not validated. `offset` is the offset of its first byte in the line.
  virtual Status AddMessage(std::string_view json, std::uint64_t offset) = 0;
  virtual Status BeginContent() = 0;
  // A piece of the base64 text, without JSON escapes.
  virtual Status AddContent(std::string_view base64) = 0;
  virtual Status EndContent() = 0;
};

// The splitter does not validate JSON; the readers of the parts do. rest() is the line with `[]` in place of the messages and
// `""` in place of the content. The line is valid if rest() and all items are, because the splitter checks the separators
// between items.
//
// Memory: the rest and one item, each up to the limit, for a line of any length. One thread at a time.
class LineSplitter {
 public:
  // `part_bytes_max`: the limit of the rest and of each item. The sink must outlive it.
  LineSplitter(std::size_t part_bytes_max, LinePartSink& sink) : part_bytes_max_(part_bytes_max), sink_(sink) {}

  // Takes the next bytes of the line. kInvalidArgument: the line is malformed or above a limit. The sink's errors are returned
  // unchanged.
  Status Take(std::string_view piece);
  // Call at the end of the line. kInvalidArgument: the line is truncated.
  Status Finish();

  // The rest so far, without whitespace at the start of the line.
  const std::string& rest() const { return rest_; }
  std::string TakeRest() { return std::move(rest_); }
  // Converts the offset in a reader's message ("byte 17: …") about rest(), or about an item at `offset`, to one in the line.
  std::string InLine(std::string reason) const;
  static std::string InLine(std::string reason, std::uint64_t offset);

 private:
  enum class State { kRest, kRestString, kMessages, kItem, kContent };

  // Each handles bytes of the scanner's piece as far as its state goes.
  Status TakeRestTokens();
  Status TakeRestString();
  Status TakeBetweenItems();
  Status TakeItem();
  Status TakeContent();
  Status TakeEscape();
  Status BeginValue(char first, bool& streamed);
  bool NameIs(std::string_view word);
  Status BeginStreamed(State state, bool& seen);
  Status AppendRest(std::string_view bytes);
  // Continues the rest with the bracket or quote that closes the part left out.
  Status ResumeRest();
  std::uint64_t PlaceOfRest(std::uint64_t rest_offset) const;

  const std::size_t part_bytes_max_;
  LinePartSink& sink_;
  JsonScanner scanner_;
  State state_ = State::kRest;

  std::string rest_;
  bool value_follows_ = false;  // the last token was the colon after a top-level member's name
  std::size_t string_begin_ = 0;
  std::size_t string_end_ = 0;
  bool messages_seen_ = false;
  bool content_seen_ = false;

  // From rest_offset on, missing_bytes of the line are not in the rest: leading whitespace, messages, content.
  struct Cut {
    std::size_t rest_offset = 0;
    std::uint64_t missing_bytes = 0;
  };
  std::array<Cut, 3> cuts_;
  std::size_t cut_count_ = 0;

  JsonListState list_;
  std::uint64_t items_ = 0;
  std::string item_;  // the part of the item in earlier pieces
  std::uint64_t item_offset_ = 0;

  std::string escape_;  // an incomplete escape in the content's text
  CanonicalReader reader_;
};

}  // namespace coffer::format
