// JsonItems: a JSON array of any length, or values one after the other, cut into their items without holding the rest.
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

  Status Fill();
  Status TakeBetween(JsonItem& item);
  Status TakeInArray(char c, JsonItem& item);
  void BeginItem(JsonItem& item);
  // True once the item has ended.
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
