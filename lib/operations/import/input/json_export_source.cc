#include "operations/import/input/json_export_source.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "format/json/json_text.h"
#include "operations/import/input/export_lines.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10;
constexpr std::size_t kMemberNameBytesMax = 128;
// In place of a line end within a string, which would make a line of the record: no reader of JSON takes it either.
constexpr char kBadInString = '\x01';

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

bool LooksLikeJsonExport(std::string_view first_bytes) {
  const auto skip_blanks = [&] {
    first_bytes.remove_prefix(std::min(first_bytes.find_first_not_of(" \t\r\n"), first_bytes.size()));
  };
  skip_blanks();
  if (!first_bytes.starts_with('{')) return false;
  first_bytes.remove_prefix(1);
  skip_blanks();
  return first_bytes.starts_with("\"coffer_export\"");
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
  piece_offset_ += piece_.size();
  piece_.resize(kPieceBytes);
  Result<std::size_t> got = source_.Read(piece_.data(), piece_.size());
  piece_.resize(got.ok() ? *got : 0);
  if (!got.ok()) return std::move(got).status();
  at_end_ = piece_.empty();
  if (at_end_) return EndInput();
  for (std::size_t at = 0; at < piece_.size();) {
    Status status = state_ == State::kItem    ? TakeValue(at, out_)
                    : state_ == State::kOther ? TakeValue(at, value_)
                                              : TakeBetween(at);
    if (!status.ok()) return status;
  }
  return Status::Ok();
}

// One byte that belongs to no value.
Status JsonExportSource::TakeBetween(std::size_t& at) {
  const char c = piece_[at];
  if (in_string_) {
    in_string_ = c != '"';
    if (in_string_) member_.push_back(c);
    if (!in_string_) state_ = State::kColon;
    ++at;
    return member_.size() <= kMemberNameBytesMax ? Status::Ok() : Malformed(at, "no such member is known");
  }
  // A value begins with this byte, which is part of it.
  if (!IsBlank(c) && state_ == State::kValue) {
    if (c == '[' && records_ != nullptr) ++at;
    return BeginValue(c);
  }
  if (!IsBlank(c) && state_ == State::kItems && c != ',' && c != ']') return BeginItem(at);
  ++at;
  if (IsBlank(c)) return Status::Ok();
  switch (state_) {
    case State::kStart:
      state_ = State::kName;
      return c == '{' ? Status::Ok() : Malformed(at - 1, "an object is to begin here");
    case State::kName:
      if (c != '"') return Malformed(at - 1, "a member is to begin here");
      member_.clear();
      in_string_ = true;
      return Status::Ok();
    case State::kColon:
      if (c != ':') return Malformed(at - 1, "a colon is to stand here");
      records_ = nullptr;
      for (Records& kind : kinds_) {
        if (kind.member == member_) records_ = &kind;
      }
      state_ = State::kValue;
      return Status::Ok();
    case State::kItems:
      return TakeBetweenItems(c, at - 1);
    case State::kMembersEnd:
      state_ = c == ',' ? State::kName : State::kEnd;
      return c == ',' || c == '}' ? Status::Ok() : Malformed(at - 1, "a comma or the end is to stand here");
    default:
      return Malformed(at - 1, "the export has ended");
  }
}

Status JsonExportSource::BeginValue(char first) {
  if (records_ != nullptr) {
    if (first != '[') return Status::Corruption(name_ + ": \"" + member_ + "\" is not an array");
    state_ = State::kItems;
    between_ = Between::kOpened;
    return Status::Ok();
  }
  value_.clear();
  depth_ = 0;
  state_ = State::kOther;
  return Status::Ok();
}

Status JsonExportSource::BeginItem(std::size_t at) {
  if (between_ == Between::kRecord) return Malformed(at, "no comma between two records");
  ++records_->count;
  depth_ = 0;
  item_opened_ = false;
  state_ = State::kItem;
  return Status::Ok();
}

// A comma or the end of the list.
Status JsonExportSource::TakeBetweenItems(char c, std::size_t at) {
  const bool misplaced = c == ',' ? between_ != Between::kRecord : between_ == Between::kComma;
  if (misplaced) return Malformed(at, "a record is to begin here");
  if (c == ',') {
    between_ = Between::kComma;
  } else {
    state_ = State::kMembersEnd;
  }
  return Status::Ok();
}

// Bytes of a value up to its end. They are copied by runs: by themselves they took a tenth of an import's time.
Status JsonExportSource::TakeValue(std::size_t& at, std::string& out) {
  std::size_t copied = at;
  const auto copy = [&](std::size_t end) {
    out.append(piece_, copied, end - copied);
    copied = end;
  };
  while (at < piece_.size()) {
    if (in_string_) {
      if (!escaped_) at = format::FindStringStop(piece_, at);
      if (at == piece_.size()) break;
      char& c = piece_[at++];
      in_string_ = escaped_ || c != '"';
      escaped_ = !escaped_ && c == '\\';
      if (c == '\n' || c == '\r') c = kBadInString;
      if (in_string_ || depth_ > 0) continue;
      copy(at);
      return EndMember();
    }
    char& c = piece_[at];
    const bool ends_scalar = depth_ == 0 && (c == ',' || c == ']' || c == '}');
    if (ends_scalar) {
      copy(at);
      return EndMember();
    }
    if (item_opened_ && !IsBlank(c)) {
      copy(at);
      if (c != '}') out.push_back(',');
      item_opened_ = false;
    }
    ++at;
    if (c == '\n' || c == '\r') c = ' ';
    if (c == '"') in_string_ = true;
    if (c == '{' || c == '[') {
      if (state_ == State::kItem && depth_ == 0 && c == '{') {
        copy(at);
        out.append("\"type\":\"").append(records_->type).append("\"");
        item_opened_ = true;
      }
      ++depth_;
    }
    if ((c == '}' || c == ']') && --depth_ == 0) {
      copy(at);
      return EndMember();
    }
    if (state_ == State::kOther && out.size() + (at - copied) > kExportHeaderBytesMax) {
      return Status::Corruption(name_ + ": \"" + member_ + "\" is above " + std::to_string(kExportHeaderBytesMax) + " bytes");
    }
  }
  copy(at);
  return Status::Ok();
}

// A value has ended: a record, or a member of another kind.
Status JsonExportSource::EndMember() {
  if (state_ == State::kItem) {
    out_.push_back('\n');
    between_ = Between::kRecord;
    state_ = State::kItems;
    return Status::Ok();
  }
  state_ = State::kMembersEnd;
  if (member_ == "counts") counts_ = value_;
  if (member_ != "coffer_export") return Status::Ok();
  const std::string why = WhyNotImportable(value_);
  return why.empty() ? Status::Ok() : Status::InvalidArgument(name_ + ": " + why);
}

Status JsonExportSource::EndInput() {
  if (state_ != State::kEnd) return Status::Corruption(name_ + ": the JSON export is cut off");
  const nlohmann::json counts = nlohmann::json::parse(counts_, nullptr, /*allow_exceptions=*/false);
  for (const Records& kind : kinds_) {
    const nlohmann::json told = counts.is_object() ? counts.value(kind.member, nlohmann::json(0)) : nlohmann::json();
    if (told == kind.count) continue;
    return Status::Corruption(name_ + ": has " + std::to_string(kind.count) + " " + std::string(kind.member) +
                              ", and its counts say otherwise");
  }
  return Status::Ok();
}

Status JsonExportSource::Malformed(std::size_t at, std::string_view reason) const {
  return Status::Corruption(name_ + ": byte " + std::to_string(piece_offset_ + at) + ": " + std::string(reason));
}

}  // namespace coffer::operations
