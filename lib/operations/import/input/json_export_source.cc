#include "operations/import/input/json_export_source.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "format/json/json_tree.h"
#include "operations/import/input/export_lines.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10;
constexpr std::size_t kMemberNameBytesMax = 128;

// A record must not span lines. Like a line end, a tab is a blank between tokens and invalid in a string.
void ReplaceLineEnds(std::string& text, std::size_t from) {
  for (const char line_end : {'\n', '\r'}) {
    for (std::size_t at = text.find(line_end, from); at != std::string::npos; at = text.find(line_end, at + 1)) text[at] = '\t';
  }
}

}  // namespace

bool LooksLikeJsonExport(std::string_view first_bytes) {
  format::JsonScanner scanner;
  scanner.Feed(first_bytes);
  if (!scanner.SkipBlanks() || scanner.TakeToken() != '{' || !scanner.SkipBlanks()) return false;
  return first_bytes.substr(scanner.at()).starts_with("\"coffer_export\"");
}

Result<std::size_t> JsonExportSource::Read(char* buffer, std::size_t length) {
  while (out_taken_ == out_.size()) {
    if (!failure_.ok()) return failure_;
    if (at_end_) return std::size_t{0};
    out_.clear();
    out_taken_ = 0;
    if (Status status = Fill(); !status.ok()) failure_ = status;
  }
  const std::size_t count = std::min(length, out_.size() - out_taken_);
  std::memcpy(buffer, out_.data() + out_taken_, count);
  out_taken_ += count;
  return count;
}

Status JsonExportSource::Fill() {
  piece_.resize(kPieceBytes);
  Result<std::size_t> got = source_.Read(piece_.data(), piece_.size());
  piece_.resize(got.ok() ? *got : 0);
  scanner_.Feed(piece_);
  if (!got.ok()) return std::move(got).status();
  at_end_ = piece_.empty();
  if (at_end_) return EndInput();
  while (!scanner_.done()) COFFER_TRY(TakePiece());
  return Status::Ok();
}

Status JsonExportSource::TakePiece() {
  if (state_ == State::kItem) return TakeValue(out_);
  if (state_ == State::kOther) return TakeValue(value_);
  if (state_ == State::kName) return TakeName();
  return scanner_.SkipBlanks() ? TakeToken(scanner_.next()) : Status::Ok();
}

// `c` is the next byte. It stays if it is part of a value.
Status JsonExportSource::TakeToken(char c) {
  switch (state_) {
    case State::kStart:
      if (c != '{') return Malformed("expected an object");
      state_ = State::kMembers;
      break;
    case State::kMembers:
      return BeginName(c);
    case State::kColon:
      if (c != ':') return Malformed("expected ':'");
      state_ = State::kValue;
      break;
    case State::kValue:
      return BeginValue(c);
    case State::kItems:
      return TakeBetweenItems(c);
    case State::kItemBegun:
      if (c != '}') out_.push_back(',');
      state_ = State::kItem;
      return Status::Ok();
    default:
      return Malformed("unexpected text after the export");
  }
  scanner_.TakeToken();
  return Status::Ok();
}

// Takes the beginning of a member, or the separator between two.
Status JsonExportSource::BeginName(char c) {
  switch (members_.See(c, '}')) {
    case format::JsonListState::Found::kItem:
      if (c != '"') return Malformed("expected a member");
      member_.clear();
      state_ = State::kName;
      break;
    case format::JsonListState::Found::kNoItem:
      return Malformed("expected a member");
    case format::JsonListState::Found::kNoComma:
      return Malformed("expected ',' or '}' after a member");
    case format::JsonListState::Found::kEnd:
      state_ = State::kEnd;
      break;
    case format::JsonListState::Found::kComma:
      break;
  }
  scanner_.TakeToken();
  return Status::Ok();
}

Status JsonExportSource::TakeName() {
  const std::size_t begin = scanner_.at();
  const bool ended = scanner_.SkipString();
  member_ += scanner_.Since(begin);
  if (ended) member_.pop_back();
  if (member_.size() > kMemberNameBytesMax) return Malformed("unknown member");
  if (!ended) return Status::Ok();
  const auto found = std::ranges::find(kinds_, std::string_view(member_), &Records::member);
  records_ = found == kinds_.end() ? nullptr : &*found;
  state_ = State::kColon;
  return Status::Ok();
}

Status JsonExportSource::BeginValue(char c) {
  if (records_ == nullptr) {
    value_.clear();
    state_ = State::kOther;
    return Status::Ok();
  }
  if (c != '[') return Status::Corruption(name_ + ": \"" + member_ + "\" is not an array");
  scanner_.TakeToken();
  items_ = format::JsonListState();
  state_ = State::kItems;
  return Status::Ok();
}

Status JsonExportSource::TakeBetweenItems(char c) {
  switch (items_.See(c, ']')) {
    case format::JsonListState::Found::kItem:
      BeginItem(c);
      return Status::Ok();
    case format::JsonListState::Found::kNoItem:
      return Malformed("expected a record");
    case format::JsonListState::Found::kNoComma:
      return Malformed("expected ',' or ']' after a record");
    case format::JsonListState::Found::kEnd:
      state_ = State::kMembers;
      break;
    case format::JsonListState::Found::kComma:
      break;
  }
  scanner_.TakeToken();
  return Status::Ok();
}

// The list determines the type of its records; each line needs it as a member.
void JsonExportSource::BeginItem(char c) {
  ++records_->count;
  state_ = State::kItem;
  if (c != '{') return;
  scanner_.BeginValue();
  out_.append("{\"type\":\"").append(records_->type).append("\"");
  state_ = State::kItemBegun;
}

// Copies runs of bytes: byte by byte took a tenth of the time of an import.
Status JsonExportSource::TakeValue(std::string& out) {
  const std::size_t copied = out.size();
  const std::size_t begin = scanner_.at();
  const bool ended = scanner_.SkipValue();
  out += scanner_.Since(begin);
  ReplaceLineEnds(out, copied);
  if (state_ == State::kOther && out.size() > kExportHeaderBytesMax) {
    return Status::Corruption(name_ + ": \"" + member_ + "\" is longer than " + std::to_string(kExportHeaderBytesMax) +
                              " bytes");
  }
  return ended ? EndValue() : Status::Ok();
}

// Ends a record or another member.
Status JsonExportSource::EndValue() {
  if (state_ == State::kItem) {
    out_.push_back('\n');
    state_ = State::kItems;
    return Status::Ok();
  }
  state_ = State::kMembers;
  if (member_ == "counts") counts_ = value_;
  if (member_ != "coffer_export") return Status::Ok();
  const std::string why = WhyNotImportable(value_);
  return why.empty() ? Status::Ok() : Status::InvalidArgument(name_ + ": " + why);
}

Status JsonExportSource::EndInput() {
  if (state_ != State::kEnd) return Status::Corruption(name_ + ": the JSON export is cut off");
  const nlohmann::json counts = format::ParseJsonTreeOrDiscard<nlohmann::json>(counts_);
  for (const Records& kind : kinds_) {
    const nlohmann::json stated = counts.is_object() ? counts.value(kind.member, nlohmann::json(0)) : nlohmann::json();
    if (stated == kind.count) continue;
    return Status::Corruption(name_ + ": has " + std::to_string(kind.count) + " " + std::string(kind.member) +
                              ", but \"counts\" differs");
  }
  return Status::Ok();
}

Status JsonExportSource::Malformed(std::string_view reason) const {
  return Status::Corruption(name_ + ": byte " + std::to_string(scanner_.offset()) + ": " + std::string(reason));
}

}  // namespace coffer::operations
