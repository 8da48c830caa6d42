#include "format/text/line_splitter.h"

#include <charconv>
#include <utility>

#include "format/records/record_members.h"
#include "vocabulary/try.h"

namespace coffer::format {
namespace {

constexpr std::size_t kUnicodeEscapeBytes = 6;  // \u002f
constexpr std::size_t kItemBytesKept = std::size_t{8} << 20;

bool IsBlank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

std::size_t FindQuoteOrSlash(std::string_view piece, std::size_t at) {
  while (at < piece.size() && piece[at] != '"' && piece[at] != '\\') ++at;
  return at;
}

// From `at` on within a string: the first quote that is not escaped, or the end.
std::size_t FindStringEnd(std::string_view piece, std::size_t at, bool& escaped) {
  while (at < piece.size()) {
    if (std::exchange(escaped, false)) {
      ++at;
      continue;
    }
    at = FindQuoteOrSlash(piece, at);
    if (at == piece.size() || piece[at] == '"') return at;
    escaped = true;
    ++at;
  }
  return at;
}

Status Refuse(std::uint64_t offset, std::string_view reason) {
  return Status::InvalidArgument("byte " + std::to_string(offset) + ": " + std::string(reason));
}

// "byte 17: …" with the number that `place` makes of 17; other words as they are.
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
                                   " bytes, messages and content_base64 not counted");
  }
  rest_ += bytes;
  return Status::Ok();
}

Status LineSplitter::Take(std::string_view piece) {
  std::size_t at = 0;
  if (rest_.empty() && state_ == State::kRest) {
    while (at < piece.size() && IsBlank(piece[at])) ++at;
    cuts_[0] = {0, Place(at)};
    cut_count_ = 1;
  }
  Status status;
  while (at < piece.size() && status.ok()) {
    switch (state_) {
      case State::kRest:
        status = TakeRestBytes(piece, at);
        break;
      case State::kRestString:
        status = TakeRestString(piece, at);
        break;
      case State::kMessages:
        status = TakeBetweenItems(piece, at);
        break;
      case State::kItem:
        status = TakeItem(piece, at);
        break;
      case State::kContent:
        status = TakeContent(piece, at);
        break;
    }
  }
  piece_offset_ += piece.size();
  return status;
}

Status LineSplitter::TakeRestBytes(std::string_view piece, std::size_t& at) {
  std::size_t begin = at;
  for (; at < piece.size(); ++at) {
    const char c = piece[at];
    if (IsBlank(c)) continue;
    if (value_follows_ || c == '"') {
      COFFER_TRY(AppendRest(piece.substr(begin, at - begin)));
      begin = at;
    }
    if (std::exchange(value_follows_, c == ':' && depth_ == 1)) {
      bool streamed = false;
      COFFER_TRY(BeginValue(c, streamed));
      if (streamed) return AppendRest(piece.substr(at++, 1));
    }
    if (c == '{' || c == '[') ++depth_;
    if (c == '}' || c == ']') --depth_;
    if (c == '"') {
      state_ = State::kRestString;
      string_begin_ = rest_.size() + 1;
      return AppendRest(piece.substr(at++, 1));
    }
  }
  return AppendRest(piece.substr(begin));
}

Status LineSplitter::TakeRestString(std::string_view piece, std::size_t& at) {
  const std::size_t begin = at;
  at = FindStringEnd(piece, at, escaped_);
  if (Status status = AppendRest(piece.substr(begin, at - begin)); !status.ok() || at == piece.size()) return status;
  string_end_ = rest_.size();
  ++at;
  state_ = State::kRest;
  return AppendRest("\"");
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
    Status status = BeginStreamed(State::kMessages, messages_seen_);
    return status.ok() ? sink_.BeginMessages() : status;
  }
  if (first == '"' && NameIs(kContentBase64Word)) {
    streamed = true;
    Status status = BeginStreamed(State::kContent, content_seen_);
    return status.ok() ? sink_.BeginContent() : status;
  }
  return Status::Ok();
}

Status LineSplitter::BeginStreamed(State state, bool& seen) {
  state_ = state;
  if (!std::exchange(seen, true)) return Status::Ok();
  const std::string_view name = state == State::kMessages ? kMessagesWord : kContentBase64Word;
  return Refuse(PlaceOfRest(string_begin_ - 1), "member \"" + std::string(name) + "\" twice");
}

Status LineSplitter::ResumeRest(std::string_view piece, std::size_t& at) {
  cuts_[cut_count_++] = {rest_.size(), Place(at) - rest_.size()};
  state_ = State::kRest;
  return AppendRest(piece.substr(at++, 1));
}

Status LineSplitter::TakeBetweenItems(std::string_view piece, std::size_t& at) {
  for (; at < piece.size(); ++at) {
    const char c = piece[at];
    if (IsBlank(c)) continue;
    if (c == ']') {
      if (between_ == Between::kComma) return Refuse(Place(at), "',' before ']'");
      return ResumeRest(piece, at);
    }
    if (between_ == Between::kItem) {
      if (c != ',') return Refuse(Place(at), "neither ',' nor ']' after an item");
      between_ = Between::kComma;
      continue;
    }
    if (c == ',' || c == ':' || c == '}') return Refuse(Place(at), "bad token");
    item_.clear();
    item_offset_ = Place(at);
    item_depth_ = 0;
    state_ = State::kItem;
    return Status::Ok();
  }
  return Status::Ok();
}

// Moves `at` behind the item, or to the end of the piece.
bool LineSplitter::ItemEnds(std::string_view piece, std::size_t& at) {
  while (at < piece.size()) {
    if (item_in_string_) {
      at = FindStringEnd(piece, at, escaped_);
      if (at == piece.size()) return false;
      item_in_string_ = false;
      ++at;
      if (item_depth_ == 0) return true;
      continue;
    }
    const char c = piece[at];
    if (item_depth_ == 0 && (c == ',' || c == ']' || c == '}' || c == ':' || IsBlank(c))) return true;  // a bare word or number
    if (item_depth_ == 0 && (c == '{' || c == '[' || c == '"') && Place(at) != item_offset_) return true;
    ++at;
    if (c == '"') item_in_string_ = true;
    if (c == '{' || c == '[') ++item_depth_;
    if ((c == '}' || c == ']') && --item_depth_ == 0) return true;
  }
  return false;
}

Status LineSplitter::TakeItem(std::string_view piece, std::size_t& at) {
  const std::size_t begin = at;
  const bool ends = ItemEnds(piece, at);
  std::string_view json = piece.substr(begin, at - begin);
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
  between_ = Between::kItem;
  state_ = State::kMessages;
  Status status = sink_.AddMessage(json, item_offset_);
  // One item of unusual size must not stay in memory for the rest of the line.
  if (item_.capacity() > kItemBytesKept) item_ = std::string();
  return status;
}

Status LineSplitter::TakeContent(std::string_view piece, std::size_t& at) {
  if (!escape_.empty()) return TakeEscape(piece, at);
  const std::size_t begin = at;
  at = FindQuoteOrSlash(piece, at);
  if (Status status = sink_.AddContent(piece.substr(begin, at - begin)); !status.ok() || at == piece.size()) return status;
  if (piece[at] == '\\') {
    escape_ = piece[at++];
    return Status::Ok();
  }
  Status status = sink_.EndContent();
  return status.ok() ? ResumeRest(piece, at) : status;
}

// Of base64's characters '/' is often escaped, and any may be.
Status LineSplitter::TakeEscape(std::string_view piece, std::size_t& at) {
  escape_ += piece[at++];
  if (escape_[1] == 'u' && escape_.size() < kUnicodeEscapeBytes) return Status::Ok();
  const std::string escape = std::exchange(escape_, std::string());
  if (escape == "\\/") return sink_.AddContent("/");
  std::string character;
  const bool good = reader_.Start("\"" + escape + "\"") && reader_.ReadString(character) && reader_.Finish();
  return good ? sink_.AddContent(character) : Refuse(Place(at) - escape.size(), "bad escape");
}

Status LineSplitter::Finish() {
  if (state_ == State::kRest || state_ == State::kRestString) return Status::Ok();
  return Refuse(state_ == State::kItem ? item_offset_ : piece_offset_, "the text ends before its value does");
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
