// JsonItems: a JSON array of any length, or values one after the other, cut into their items without holding the rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "coffer/import.h"
#include "coffer/result.h"

namespace coffer::operations {

struct JsonItem {
  std::string text;          // as it stands in the input, not looked at yet; empty if too_long
  std::uint64_t number = 0;  // 1-based
  std::uint64_t offset = 0;  // of its first byte in the input
  bool too_long = false;
};

// Judges what stands between the items; whether each is JSON is for its reader to say. The source must outlive it; one thread
// at a time. Memory: two pieces and one item of the limit.
class JsonItems {
 public:
  // `name` stands before what goes wrong.
  JsonItems(ByteSource& source, std::string name, std::size_t item_bytes_max)
      : source_(source), name_(std::move(name)), item_bytes_max_(item_bytes_max) {}

  // False at the end. Fails once the whole items before are handed out: kCorruption: cut off, or malformed between items; the
  // source's failure.
  Result<bool> Next(JsonItem& item);

 private:
  enum class State { kStart, kItems, kItem, kEnd };
  enum class Between { kOpened, kItem, kComma };

  Status Fill();
  Status TakeBetween(JsonItem& item);
  Status TakeInArray(char c, JsonItem& item);
  void BeginItem(JsonItem& item);
  // True once the item has ended.
  bool TakeItem(JsonItem& item);
  void Append(JsonItem& item, std::size_t begin);
  Status EndOfInput(const JsonItem& item) const;
  Status Malformed(std::string_view reason) const;

  ByteSource& source_;
  const std::string name_;
  const std::size_t item_bytes_max_;
  std::string piece_;
  std::size_t at_ = 0;
  std::uint64_t piece_offset_ = 0;
  State state_ = State::kStart;
  Between between_ = Between::kOpened;
  bool in_array_ = false;
  std::uint64_t items_ = 0;
  int depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace coffer::operations
