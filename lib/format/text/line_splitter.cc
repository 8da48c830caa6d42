#include "format/text/line_splitter.h"

#include <charconv>
#include <utility>

#include "format/records/record_members.h"
#include "vocabulary/try.h"

namespace coffer::format {
namespace {

constexpr std::size_t kUnicodeEscapeBytes = 6;  // \u002f
constexpr std::size_t kItemBytesKept = std::size_t{8} << 20;

Status Refuse(std::uint64_t offset, std::string_view reason) {
  return Status::InvalidArgument("byte " + std::to_string(offset) + ": " + std::string(reason));
}

// Replaces the 17 in "byte 17: …" with place(17). Other texts stay unchanged.
template <typename Place>
std::string MoveByte(std::string reason, const Place& place) {
  constexpr std::string_view kByte = "byte ";
  if (!reason.starts_with(kByte)) return reason;
  const char* const words_end = reason.data() + reason.size();
  std::uint64_t byte = 0;
  const auto [end, error] = std::from_chars(reason.data() + kByte.size(), words_end, byte);
  if (error != std::errc() || end == words_end || *end != ':') return reason;
  return std::string(kByte) + std::to_string(place(byte)) + std::string(end, words_end);
}

}  // namespace

Status LineSplitter::AppendRest(std::string_view bytes) {
  if (bytes.size() > part_bytes_max_ - rest_.size()) {
    return Status::InvalidArgument("record: longer than " + std::to_string(part_bytes_max_) +
                                   " bytes without messages and content_base64");
  }
  rest_ += bytes;
  return Status::Ok();
}

Status LineSplitter::Take(std::string_view piece) {
  scanner_.Feed(piece);
  if (rest_.empty() && state_ == State::kRest) {
    scanner_.SkipBlanks();
    cuts_[0] = {0, scanner_.offset()};
    cut_count_ = 1;
  }
  Status status;
  while (!scanner_.done() && status.ok()) {
    switch (state_) {
      case State::kRest:
        status = TakeRestTokens();
        break;
      case State::kRestString:
        status = TakeRestString();
        break;
      case State::kMessages:
        status = TakeBetweenItems();
        break;
      case State::kItem:
        status = TakeItem();
        break;
      case State::kContent:
        status = TakeContent();
        break;
    }
  }
  return status;
}

Status LineSplitter::TakeRestTokens() {
  std::size_t begin = scanner_.at();
  while (scanner_.SkipBlanks()) {
    const char c = scanner_.next();
    if (value_follows_ || c == '"') {
      COFFER_TRY(AppendRest(scanner_.Since(begin)));
      begin = scanner_.at();
    }
    bool streamed = false;
    if (std::exchange(value_follows_, c == ':' && scanner_.depth() == 1)) COFFER_TRY(BeginValue(c, streamed));
    scanner_.TakeToken();
    if (streamed) break;
    if (c == '"') {
      state_ = State::kRestString;
      string_begin_ = rest_.size() + 1;
      break;
    }
  }
  return AppendRest(scanner_.Since(begin));
}

Status LineSplitter::TakeRestString() {
  const std::size_t begin = scanner_.at();
  const bool ended = scanner_.SkipString();
  COFFER_TRY(AppendRest(scanner_.Since(begin)));
  if (!ended) return Status::Ok();
  string_end_ = rest_.size() - 1;
  state_ = State::kRest;
  return Status::Ok();
}

bool LineSplitter::NameIs(std::string_view word) {
  const std::string_view name = std::string_view(rest_).substr(string_begin_, string_end_ - string_begin_);
  if (name.find('\\') == std::string_view::npos) return name == word;
  if (name.size() > kUnicodeEscapeBytes * word.size()) return false;
  std::string unescaped;
  return reader_.Start("\"" + std::string(name) + "\"") && reader_.ReadString(unescaped) && unescaped == word;
}

Status LineSplitter::BeginValue(char first, bool& streamed) {
  if (first == '[' && NameIs(kMessagesWord)) {
    streamed = true;
    COFFER_TRY(BeginStreamed(State::kMessages, messages_seen_));
    return sink_.BeginMessages();
  }
  if (first == '"' && NameIs(kContentBase64Word)) {
    streamed = true;
    COFFER_TRY(BeginStreamed(State::kContent, content_seen_));
    return sink_.BeginContent();
  }
  return Status::Ok();
}

Status LineSplitter::BeginStreamed(State state, bool& seen) {
  state_ = state;
  if (!std::exchange(seen, true)) return Status::Ok();
  const std::string_view name = state == State::kMessages ? kMessagesWord : kContentBase64Word;
  return Refuse(PlaceOfRest(string_begin_ - 1), "duplicate member \"" + std::string(name) + "\"");
}

Status LineSplitter::ResumeRest() {
  cuts_[cut_count_++] = {rest_.size(), scanner_.offset() - rest_.size()};
  state_ = State::kRest;
  const std::size_t begin = scanner_.at();
  scanner_.TakeToken();
  return AppendRest(scanner_.Since(begin));
}

Status LineSplitter::TakeBetweenItems() {
  if (!scanner_.SkipBlanks()) return Status::Ok();
  const char c = scanner_.next();
  switch (list_.See(c, ']')) {
    case JsonListState::Found::kComma:
      scanner_.TakeToken();
      return Status::Ok();
    case JsonListState::Found::kEnd:
      return ResumeRest();
    case JsonListState::Found::kNoComma:
      return Refuse(scanner_.offset(), "expected ',' or ']' after an item");
    case JsonListState::Found::kNoItem:
      return Refuse(scanner_.offset(), c == ']' ? "',' before ']'" : "bad token");
    case JsonListState::Found::kItem:
      break;
  }
  item_.clear();
  item_offset_ = scanner_.offset();
  state_ = State::kItem;
  return Status::Ok();
}

Status LineSplitter::TakeItem() {
  const std::size_t begin = scanner_.at();
  const bool ends = scanner_.SkipValue();
  std::string_view json = scanner_.Since(begin);
  if (json.size() > part_bytes_max_ - item_.size()) {
    return Status::InvalidArgument("messages[" + std::to_string(items_) + "]: longer than " + std::to_string(part_bytes_max_) +
                                   " bytes");
  }
  if (!ends || !item_.empty()) {
    item_ += json;
    json = item_;
  }
  if (!ends) return Status::Ok();
  ++items_;
  state_ = State::kMessages;
  Status status = sink_.AddMessage(json, item_offset_);
  // Frees the memory of an unusually large item.
  if (item_.capacity() > kItemBytesKept) item_ = std::string();
  return status;
}

Status LineSplitter::TakeContent() {
  if (!escape_.empty()) return TakeEscape();
  const std::size_t begin = scanner_.at();
  const char stop = scanner_.SkipPlainText();
  COFFER_TRY(sink_.AddContent(scanner_.Since(begin)));
  if (stop == '\\') escape_ = scanner_.Take();
  if (stop != '"') return Status::Ok();
  COFFER_TRY(sink_.EndContent());
  return ResumeRest();
}

// Any base64 character may be escaped; '/' often is.
Status LineSplitter::TakeEscape() {
  escape_ += scanner_.Take();
  if (escape_[1] == 'u' && escape_.size() < kUnicodeEscapeBytes) return Status::Ok();
  const std::string escape = std::exchange(escape_, std::string());
  if (escape == "\\/") return sink_.AddContent("/");
  std::string character;
  const bool good = reader_.Start("\"" + escape + "\"") && reader_.ReadString(character) && reader_.Finish();
  return good ? sink_.AddContent(character) : Refuse(scanner_.offset() - escape.size(), "bad escape");
}

Status LineSplitter::Finish() {
  if (state_ == State::kRest || state_ == State::kRestString) return Status::Ok();
  return Refuse(state_ == State::kItem ? item_offset_ : scanner_.offset(), "unexpected end of text");
}

std::uint64_t LineSplitter::PlaceOfRest(std::uint64_t rest_offset) const {
  std::size_t cut = cut_count_;
  while (cut > 0 && cuts_[cut - 1].rest_offset > rest_offset) --cut;
  return rest_offset + (cut > 0 ? cuts_[cut - 1].missing_bytes : 0);
}

std::string LineSplitter::InLine(std::string reason) const {
  return MoveByte(std::move(reason), [this](std::uint64_t byte) { return PlaceOfRest(byte); });
}

std::string LineSplitter::InLine(std::string reason, std::uint64_t offset) {
  return MoveByte(std::move(reason), [offset](std::uint64_t byte) { return byte + offset; });
}

}  // namespace coffer::format
