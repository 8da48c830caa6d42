// JsonItems: splits a JSON array of any length, or a sequence of values, into its items as a stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "coffer/import.h"
#include "coffer/result.h"
#include "format/json/json_scanner.h"

namespace coffer::operations {

struct JsonItem {
  std::string text;          // the unchecked text of the item; empty if too_long
  std::uint64_t number = 0;  // 1-based
  std::uint64_t offset = 0;  // of its first byte in the input
  bool too_long = false;
};

// Checks the text between the items; the reader of an item checks the item. The source must outlive it; one thread at a time.
// Memory: one piece and one item.
class JsonItems {
 public:
  // `name`: prefix of failure messages. A longer item than `item_bytes_max` is returned as too_long.
  JsonItems(ByteSource& source, std::string name, std::size_t item_bytes_max)
      : source_(source), name_(std::move(name)), item_bytes_max_(item_bytes_max) {}

  // Reads the next item. False at the end. Returns all complete items before it fails with the source's failure or with
  // kCorruption: truncated, or malformed between items.
  Result<bool> Next(JsonItem& item);

 private:
  enum class State { kStart, kItems, kItem, kEnd };

  Status Fill();
  Status TakeBetween(JsonItem& item);
  Status TakeInArray(char c, JsonItem& item);
  void BeginItem(JsonItem& item);
  // True if the item has ended.
  bool TakeItem(JsonItem& item);
  void Append(JsonItem& item, std::string_view bytes) const;
  Status EndOfInput(const JsonItem& item) const;
  Status Malformed(std::string_view reason) const;

  ByteSource& source_;
  const std::string name_;
  const std::size_t item_bytes_max_;
  std::string piece_;
  format::JsonScanner scanner_;  // of piece_
  State state_ = State::kStart;
  format::JsonListState list_;
  bool in_array_ = false;
  std::uint64_t items_ = 0;
};

}  // namespace coffer::operations
