#include "operations/import/input/json_items.h"

#include "format/json/json_text.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

Result<bool> JsonItems::Next(JsonItem& item) {
  item.text.clear();
  item.too_long = false;
  for (;;) {
    if (at_ == piece_.size()) {
      COFFER_TRY(Fill());
      if (piece_.empty()) {
        COFFER_TRY(EndOfInput(item));
        return false;
      }
    }
    if (state_ == State::kItem) {
      if (TakeItem(item)) return true;
    } else COFFER_TRY(TakeBetween(item));
  }
}

Status JsonItems::Fill() {
  const bool first = piece_offset_ == 0 && piece_.empty();
  piece_offset_ += piece_.size();
  at_ = 0;
  piece_.resize(kPieceBytes);
  std::size_t filled = 0;
  // A mark may come byte by byte.
  do {
    Result<std::size_t> got = source_.Read(piece_.data() + filled, piece_.size() - filled);
    if (!got.ok()) {
      piece_.clear();
      return std::move(got).status();
    }
    filled += *got;
    if (*got == 0) break;
  } while (first && filled < kByteOrderMark.size());
  piece_.resize(filled);
  if (first && piece_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  return Status::Ok();
}

// One byte that belongs to no item.
Status JsonItems::TakeBetween(JsonItem& item) {
  const char c = piece_[at_];
  if (IsBlank(c)) {
    ++at_;
    return Status::Ok();
  }
  if (state_ == State::kEnd) return Malformed("something after the array");
  if (in_array_) return TakeInArray(c, item);
  if (state_ == State::kStart && c == '[') {
    state_ = State::kItems;
    in_array_ = true;
    ++at_;
    return Status::Ok();
  }
  if (c != '{' && c != '[') return Malformed("an object is to begin here");
  BeginItem(item);
  return Status::Ok();
}

Status JsonItems::TakeInArray(char c, JsonItem& item) {
  if (c == ',') {
    if (between_ != Between::kItem) return Malformed("an item is to begin here");
    between_ = Between::kComma;
  } else if (c == ']') {
    if (between_ == Between::kComma) return Malformed("an item is to begin here");
    state_ = State::kEnd;
  } else {
    if (between_ == Between::kItem) return Malformed("no comma between two items");
    BeginItem(item);
    return Status::Ok();
  }
  ++at_;
  return Status::Ok();
}

void JsonItems::BeginItem(JsonItem& item) {
  item.number = ++items_;
  item.offset = piece_offset_ + at_;
  depth_ = 0;
  in_string_ = escaped_ = false;
  between_ = Between::kItem;
  state_ = State::kItem;
}

bool JsonItems::TakeItem(JsonItem& item) {
  const std::size_t begin = at_;
  const auto end = [&] {
    Append(item, begin);
    state_ = State::kItems;
    return true;
  };
  while (at_ < piece_.size()) {
    if (escaped_) {
      escaped_ = false;
      ++at_;
      continue;
    }
    if (in_string_) {
      at_ = format::FindStringStop(piece_, at_);
      if (at_ == piece_.size()) break;
      const char c = piece_[at_++];
      escaped_ = c == '\\';
      in_string_ = c != '"';
      if (!in_string_ && depth_ == 0) return end();
      continue;
    }
    const char c = piece_[at_];
    if (depth_ == 0 && (c == ',' || c == ']' || c == '}')) return end();
    ++at_;
    in_string_ = c == '"';
    if (c == '{' || c == '[') ++depth_;
    if ((c == '}' || c == ']') && --depth_ == 0) return end();
  }
  Append(item, begin);
  return false;
}

void JsonItems::Append(JsonItem& item, std::size_t begin) {
  item.too_long = item.too_long || item.text.size() + (at_ - begin) > item_bytes_max_;
  if (item.too_long) {
    item.text = std::string();
  } else {
    item.text.append(piece_, begin, at_ - begin);
  }
}

Status JsonItems::EndOfInput(const JsonItem& item) const {
  if (state_ == State::kItem) {
    return Status::Corruption(name_ + ": item " + std::to_string(item.number) + ", which begins at byte " +
                              std::to_string(item.offset) + ", is cut off");
  }
  if (in_array_ && state_ != State::kEnd) return Malformed("the array is cut off");
  return state_ == State::kStart ? Status::Corruption(name_ + ": is empty") : Status::Ok();
}

Status JsonItems::Malformed(std::string_view reason) const {
  return Status::Corruption(name_ + ": byte " + std::to_string(piece_offset_ + at_) + ": " + std::string(reason));
}

}  // namespace coffer::operations
