#include "operations/import/input/csv_lines.h"

#include <algorithm>

#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10;
constexpr std::string_view kUnknownColumn = "_unknown";

}  // namespace

std::optional<Kind> KindOfCsv(std::string_view first_bytes) {
  for (Kind kind : {Kind::kConversation, Kind::kMessage, Kind::kDocument, Kind::kPrompt}) {
    std::string header;
    for (const format::MemberInfo& member : format::MembersOfKind(kind)) {
      if (member.name == format::kExtraMetadataName) break;  // the first column that may be missing
      header.append(member.name).push_back(',');
    }
    if (first_bytes.starts_with(header)) return kind;
  }
  return std::nullopt;
}

CsvLines::CsvLines(ByteSource& source, Kind kind, std::string name, bool messages_follow)
    : source_(source),
      kind_(kind),
      name_(std::move(name)),
      messages_follow_(messages_follow && kind == Kind::kConversation),
      members_(format::MembersOfKind(kind)) {}

Result<bool> CsvLines::NextRow() {
  for (;;) {
    if (taken_ < piece_.size()) {
      taken_ += splitter_.Take(std::string_view(piece_).substr(taken_));
      if (splitter_.event() != format::CsvSplitter::Event::kNone) return true;
      continue;
    }
    if (at_end_) return splitter_.Finish() != format::CsvSplitter::Event::kNone;
    piece_.resize(kPieceBytes);
    taken_ = 0;
    Result<std::size_t> got = source_.Read(piece_.data(), piece_.size());
    piece_.resize(got.ok() ? *got : 0);
    if (!got.ok()) return std::move(got).status();
    at_end_ = piece_.empty();
  }
}

Result<std::optional<TextLine>> CsvLines::Next() {
  if (!columns_) {
    COFFER_TRY(ReadHeader());
  }
  COFFER_ASSIGN(bool row, NextRow());
  if (!row) return std::optional<TextLine>();
  return std::optional(LineOf());
}

Status CsvLines::ReadHeader() {
  COFFER_ASSIGN(bool row, NextRow());
  const auto refuse = [this](const std::string& why) { return Status::InvalidArgument(name_ + ": header row: " + why); };
  if (!row) return refuse("missing");
  if (splitter_.event() == format::CsvSplitter::Event::kFault) return refuse(splitter_.fault());
  std::vector<std::size_t>& columns = columns_.emplace();
  for (const format::CsvCell& cell : splitter_.row()) {
    const std::optional<std::size_t> member =
        cell.text == kUnknownColumn ? members_.size() : format::FindMember(kind_, cell.text);
    if (!member)
      return refuse(std::string(KindNamePlural(kind_)) + " have no column \"" + cell.text.substr(0, kIdBytesMax) + "\"");
    if (std::ranges::find(columns, *member) != columns.end()) return refuse("\"" + cell.text + "\" occurs twice");
    columns.push_back(*member);
  }
  return Status::Ok();
}

TextLine CsvLines::LineOf() {
  TextLine line;
  line.number = splitter_.row_line();
  refusal_.clear();
  if (splitter_.event() == format::CsvSplitter::Event::kFault) {
    refusal_ = splitter_.fault();
  } else if (AppendRow()) {
    line.text = json_;
  }
  line.refusal = refusal_;
  return line;
}

bool CsvLines::AppendRow() {
  json_ = "{\"type\":\"" + std::string(KindName(kind_)) + "\"";
  const std::span<const format::CsvCell> row = splitter_.row();
  if (row.size() != columns_->size()) {
    return Refuse("row", std::to_string(row.size()) + " cells, expected " + std::to_string(columns_->size()));
  }
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (!row[i].absent() && !AppendCell((*columns_)[i], row[i])) return false;
  }
  json_ += messages_follow_ ? ",\"messages\":[]}" : "}";
  return true;
}

bool CsvLines::AppendCell(std::size_t column, const format::CsvCell& cell) {
  if (column == members_.size()) {
    const std::size_t begin = json_.size();
    if (!AppendJson(kUnknownColumn, cell.text)) return false;
    if (json_[begin] != '{') return Refuse(kUnknownColumn, "not an object");
    // Its members become members of the record.
    json_[begin] = ',';
    json_.pop_back();
    if (json_.size() == begin + 1) json_.pop_back();
    return true;
  }
  const format::MemberInfo& member = members_[column];
  json_.append(",\"").append(member.name).append("\":");
  switch (member.type) {
    case format::ValueType::kNumber:
    case format::ValueType::kWhole:
      if (format::IsJsonNumber(cell.text)) return json_ += cell.text, true;
      break;
    case format::ValueType::kBoolean:
      if (cell.text == "true" || cell.text == "false") return json_ += cell.text, true;
      break;
    case format::ValueType::kTextList:
    case format::ValueType::kJson:
      return AppendJson(member.name, cell.text);
    case format::ValueType::kText:
    case format::ValueType::kTime:
      break;
  }
  // The reader of records refuses a wrong number or boolean.
  return format::AppendCheckedJsonString(cell.text, json_) || Refuse(member.name, "invalid UTF-8");
}

bool CsvLines::AppendJson(std::string_view name, const std::string& text) {
  if (reader_.Start(text) && reader_.AppendValue(json_) && reader_.Finish()) return true;
  return Refuse(name, "not valid JSON: " + reader_.fault());
}

bool CsvLines::Refuse(std::string_view name, std::string_view why) {
  refusal_.assign(name).append(": ").append(why);
  return false;
}

}  // namespace coffer::operations
