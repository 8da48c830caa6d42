#include "operations/import/input/json_export_source.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "operations/import/input/export_lines.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10;
constexpr std::size_t kMemberNameBytesMax = 128;

// A record must not span lines. A tab is blank where a line end is, and as invalid within a string.
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
      if (c != '{') return Malformed("an object is to begin here");
      state_ = State::kMembers;
      break;
    case State::kMembers:
      return BeginName(c);
    case State::kColon:
      if (c != ':') return Malformed("a colon is to stand here");
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
      return Malformed("the export has ended");
  }
  scanner_.TakeToken();
  return Status::Ok();
}

// A member's name, or what stands between two members.
Status JsonExportSource::BeginName(char c) {
  switch (members_.See(c, '}')) {
    case format::JsonListState::Found::kItem:
      if (c != '"') return Malformed("a member is to begin here");
      member_.clear();
      state_ = State::kName;
      break;
    case format::JsonListState::Found::kNoItem:
      return Malformed("a member is to begin here");
    case format::JsonListState::Found::kNoComma:
      return Malformed("a comma or the end is to stand here");
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
  if (member_.size() > kMemberNameBytesMax) return Malformed("no such member is known");
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
      return Malformed("a record is to begin here");
    case format::JsonListState::Found::kNoComma:
      return Malformed("no comma between two records");
    case format::JsonListState::Found::kEnd:
      state_ = State::kMembers;
      break;
    case format::JsonListState::Found::kComma:
      break;
  }
  scanner_.TakeToken();
  return Status::Ok();
}

// The list says what kind its records are; a line must say it itself.
void JsonExportSource::BeginItem(char c) {
  ++records_->count;
  state_ = State::kItem;
  if (c != '{') return;
  scanner_.BeginValue();
  out_.append("{\"type\":\"").append(records_->type).append("\"");
  state_ = State::kItemBegun;
}

// Bytes are copied by runs: copying them one by one took a tenth of an import's time.
Status JsonExportSource::TakeValue(std::string& out) {
  const std::size_t copied = out.size();
  const std::size_t begin = scanner_.at();
  const bool ended = scanner_.SkipValue();
  out += scanner_.Since(begin);
  ReplaceLineEnds(out, copied);
  if (state_ == State::kOther && out.size() > kExportHeaderBytesMax) {
    return Status::Corruption(name_ + ": \"" + member_ + "\" is above " + std::to_string(kExportHeaderBytesMax) + " bytes");
  }
  return ended ? EndValue() : Status::Ok();
}

// A record has ended, or a member of another kind.
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
  const nlohmann::json counts = nlohmann::json::parse(counts_, nullptr, /*allow_exceptions=*/false);
  for (const Records& kind : kinds_) {
    const nlohmann::json stated = counts.is_object() ? counts.value(kind.member, nlohmann::json(0)) : nlohmann::json();
    if (stated == kind.count) continue;
    return Status::Corruption(name_ + ": has " + std::to_string(kind.count) + " " + std::string(kind.member) +
                              ", and its counts say otherwise");
  }
  return Status::Ok();
}

Status JsonExportSource::Malformed(std::string_view reason) const {
  return Status::Corruption(name_ + ": byte " + std::to_string(scanner_.offset()) + ": " + std::string(reason));
}

}  // namespace coffer::operations
