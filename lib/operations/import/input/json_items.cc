#include "operations/import/input/json_items.h"

#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

Result<bool> JsonItems::Next(JsonItem& item) {
  item.text.clear();
  item.too_long = false;
  for (;;) {
    if (scanner_.done()) {
      COFFER_TRY(Fill());
      if (piece_.empty()) {
        COFFER_TRY(EndOfInput(item));
        return false;
      }
    }
    if (state_ == State::kItem) {
      if (TakeItem(item)) return true;
    } else {
      COFFER_TRY(TakeBetween(item));
    }
  }
}

Status JsonItems::Fill() {
  const bool first = scanner_.offset() == 0;
  piece_.resize(kPieceBytes);
  std::size_t filled = 0;
  // A source may return the mark one byte at a time.
  do {
    Result<std::size_t> got = source_.Read(piece_.data() + filled, piece_.size() - filled);
    if (!got.ok()) {
      piece_.clear();
      scanner_.Feed(piece_);
      return std::move(got).status();
    }
    filled += *got;
    if (*got == 0) break;
  } while (first && filled < kByteOrderMark.size());
  piece_.resize(filled);
  scanner_.Feed(piece_);
  if (first && piece_.starts_with(kByteOrderMark)) {
    while (scanner_.at() < kByteOrderMark.size()) scanner_.Take();
  }
  return Status::Ok();
}

Status JsonItems::TakeBetween(JsonItem& item) {
  if (!scanner_.SkipBlanks()) return Status::Ok();
  const char c = scanner_.next();
  if (state_ == State::kEnd) return Malformed("unexpected text after the array");
  if (in_array_) return TakeInArray(c, item);
  if (state_ == State::kStart && c == '[') {
    state_ = State::kItems;
    in_array_ = true;
    scanner_.TakeToken();
    return Status::Ok();
  }
  if (c != '{' && c != '[') return Malformed("expected an object");
  BeginItem(item);
  return Status::Ok();
}

Status JsonItems::TakeInArray(char c, JsonItem& item) {
  switch (list_.See(c, ']')) {
    case format::JsonListState::Found::kItem:
      BeginItem(item);
      return Status::Ok();
    case format::JsonListState::Found::kNoItem:
      return Malformed("expected an item");
    case format::JsonListState::Found::kNoComma:
      return Malformed("expected ',' or ']' after an item");
    case format::JsonListState::Found::kEnd:
      state_ = State::kEnd;
      break;
    case format::JsonListState::Found::kComma:
      break;
  }
  scanner_.TakeToken();
  return Status::Ok();
}

void JsonItems::BeginItem(JsonItem& item) {
  item.number = ++items_;
  item.offset = scanner_.offset();
  state_ = State::kItem;
}

bool JsonItems::TakeItem(JsonItem& item) {
  const std::size_t begin = scanner_.at();
  const bool ended = scanner_.SkipValue();
  Append(item, scanner_.Since(begin));
  if (ended) state_ = State::kItems;
  return ended;
}

void JsonItems::Append(JsonItem& item, std::string_view bytes) const {
  item.too_long = item.too_long || item.text.size() + bytes.size() > item_bytes_max_;
  if (item.too_long) {
    item.text = std::string();
  } else {
    item.text += bytes;
  }
}

Status JsonItems::EndOfInput(const JsonItem& item) const {
  if (state_ == State::kItem) {
    return Status::Corruption(name_ + ": item " + std::to_string(item.number) + " at byte " + std::to_string(item.offset) +
                              " is cut off");
  }
  if (in_array_ && state_ != State::kEnd) return Malformed("the array is cut off");
  return state_ == State::kStart ? Status::Corruption(name_ + ": is empty") : Status::Ok();
}

Status JsonItems::Malformed(std::string_view reason) const {
  return Status::Corruption(name_ + ": byte " + std::to_string(scanner_.offset()) + ": " + std::string(reason));
}

}  // namespace coffer::operations
