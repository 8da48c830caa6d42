// LineSplitter: an interchange line that is too long to be held, taken apart as it comes: the items of "messages", the text of
// "content_base64", and the rest of the record, which is short.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "coffer/result.h"
#include "format/json/json_text.h"

namespace coffer::format {

// What a line's parts are made into. A failed Status ends the splitting.
class LinePartSink {
 public:
  virtual ~LinePartSink() = default;
  virtual Status BeginMessages() = 0;
  // One item as it stands in the line, not looked at yet. `offset`: of its first byte in the line.
  virtual Status AddMessage(std::string_view json, std::uint64_t offset) = 0;
  virtual Status BeginContent() = 0;
  // A piece of the base64 text, its JSON escapes undone.
  virtual Status AddContent(std::string_view base64) = 0;
  virtual Status EndContent() = 0;
};

// Whether the line is JSON is for the readers of its parts to say: rest() is the line with `[]` for the messages and `""` for
// the content, so if it is valid, every item is, and what stands between the items is what the splitter lets pass, the line is.
//
// Memory: the rest and one item, each up to the limit, whatever the length of the line. One thread.
class LineSplitter {
 public:
  // The sink must outlive it.
  LineSplitter(std::size_t part_bytes_max, LinePartSink& sink) : part_bytes_max_(part_bytes_max), sink_(sink) {}

  // The next bytes of the line. kInvalidArgument: why the line is refused. Another failure: the sink's.
  Status Take(std::string_view piece);
  // The line ends.
  Status Finish();

  // What there is of the rest. Blanks at the line's beginning are not part of it.
  const std::string& rest() const { return rest_; }
  std::string TakeRest() { return std::move(rest_); }
  // A reader's words about rest(), or about an item that begins at `offset`: "byte 17: …" becomes a place in the line.
  std::string InLine(std::string reason) const;
  static std::string InLine(std::string reason, std::uint64_t offset);

 private:
  enum class State { kRest, kRestString, kMessages, kItem, kContent };
  enum class Between { kOpened, kItem, kComma };

  // Each takes what it can from `at` on.
  Status TakeRestBytes(std::string_view piece, std::size_t& at);
  Status TakeRestString(std::string_view piece, std::size_t& at);
  Status TakeBetweenItems(std::string_view piece, std::size_t& at);
  Status TakeItem(std::string_view piece, std::size_t& at);
  Status TakeContent(std::string_view piece, std::size_t& at);
  Status TakeEscape(std::string_view piece, std::size_t& at);
  bool ItemEnds(std::string_view piece, std::size_t& at);
  Status BeginValue(char first, bool& streamed);
  bool NameIs(std::string_view word);
  Status BeginStreamed(State state, bool& seen);
  Status AppendRest(std::string_view bytes);
  // The rest goes on at `at`, with the bracket or the quote that ends what was cut out.
  Status ResumeRest(std::string_view piece, std::size_t& at);
  // Where in the line the byte at `at` of the present piece stands, and that of the rest.
  std::uint64_t Place(std::size_t at) const { return piece_offset_ + at; }
  std::uint64_t PlaceOfRest(std::uint64_t rest_offset) const;

  const std::size_t part_bytes_max_;
  LinePartSink& sink_;
  State state_ = State::kRest;
  std::uint64_t piece_offset_ = 0;

  std::string rest_;
  int depth_ = 0;
  bool escaped_ = false;        // within a string: the next byte is
  bool value_follows_ = false;  // a top-level member's name and colon came last
  std::size_t string_begin_ = 0;
  std::size_t string_end_ = 0;
  bool messages_seen_ = false;
  bool content_seen_ = false;

  // From a place in the rest on: how much of the line is missing before it. The blanks at the beginning, messages, content.
  struct Cut {
    std::size_t rest_offset = 0;
    std::uint64_t missing_bytes = 0;
  };
  std::array<Cut, 3> cuts_;
  std::size_t cut_count_ = 0;

  Between between_ = Between::kOpened;
  std::uint64_t items_ = 0;
  std::string item_;  // what earlier pieces had of it
  std::uint64_t item_offset_ = 0;
  int item_depth_ = 0;
  bool item_in_string_ = false;

  std::string escape_;  // of the content's text, begun and not complete
  CanonicalReader reader_;
};

}  // namespace coffer::format
