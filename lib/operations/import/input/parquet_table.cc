#include "operations/import/input/parquet_table.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <span>

#include "format/json/json_tree.h"
#include "format/records/record_members.h"
#include "operations/import/input/export_lines.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::string_view kNoteKey = "coffer_export";
constexpr std::string_view kUnknownColumn = "_unknown";
constexpr std::string_view kDigitsColumn = "_digits";

constexpr std::array kKinds = {Kind::kConversation, Kind::kMessage, Kind::kDocument, Kind::kPrompt};
constexpr std::array<std::string_view, 3> kContentColumns = {"document_id", "chunk", "bytes"};
// The columns that identify a table without metadata.
constexpr std::array<std::string_view, 2> kConversationColumns = {"title", "user_id"};
constexpr std::array<std::string_view, 3> kMessageColumns = {"conversation_id", "role", "content"};
constexpr std::array<std::string_view, 2> kDocumentColumns = {"filename", "owner_id"};
constexpr std::array<std::string_view, 3> kPromptColumns = {"name", "content", "owner_id"};

std::optional<std::size_t> FindLeaf(const format::ParquetMetadata& metadata, std::string_view name) {
  const auto found = std::ranges::find(metadata.leaves(), name, &format::ParquetLeaf::name);
  if (found == metadata.leaves().end()) return std::nullopt;
  return static_cast<std::size_t>(found - metadata.leaves().begin());
}

std::optional<Kind> KindByColumns(const format::ParquetMetadata& metadata) {
  const std::pair<Kind, std::span<const std::string_view>> tables[] = {{Kind::kContent, kContentColumns},
                                                                       {Kind::kMessage, kMessageColumns},
                                                                       {Kind::kConversation, kConversationColumns},
                                                                       {Kind::kDocument, kDocumentColumns},
                                                                       {Kind::kPrompt, kPromptColumns}};
  for (const auto& [kind, columns] : tables) {
    if (std::ranges::all_of(columns, [&](std::string_view name) { return FindLeaf(metadata, name).has_value(); })) return kind;
  }
  return std::nullopt;
}

std::optional<Kind> KindOfTable(std::string_view table) {
  if (table == "contents") return Kind::kContent;
  const auto found = std::ranges::find(kKinds, table, &KindNamePlural);
  return found == kKinds.end() ? std::nullopt : std::optional(*found);
}

Result<Kind> KindOfFile(const format::ParquetMetadata& metadata, std::optional<Kind> wanted) {
  if (const std::optional<std::string> note = metadata.Note(kNoteKey)) {
    if (std::string why = WhyNotImportable(*note); !why.empty()) return Status::InvalidArgument(why);
    const nlohmann::json table = format::ParseJsonTree<nlohmann::json>(*note).value("table", nlohmann::json());
    if (const auto kind = table.is_string() ? KindOfTable(table.get<std::string>()) : std::nullopt) return *kind;
    return Status::InvalidArgument("is an export without a table name");
  }
  if (wanted) return *wanted;
  if (const std::optional<Kind> kind = KindByColumns(metadata)) return *kind;
  return Status::InvalidArgument("its columns match no kind of record; specify the kind");
}

Status FindContentColumns(const format::ParquetMetadata& metadata, ParquetTable& table) {
  std::size_t* const places[] = {&table.document_id, &table.chunk, &table.bytes};
  for (std::size_t i = 0; i < kContentColumns.size(); ++i) {
    const std::optional<std::size_t> leaf = FindLeaf(metadata, kContentColumns[i]);
    if (!leaf || metadata.leaves()[*leaf].is_list) {
      return Status::InvalidArgument("contents have no column \"" + std::string(kContentColumns[i]) + "\"");
    }
    *places[i] = *leaf;
  }
  const auto is_bytes = [&](std::size_t leaf) {
    return metadata.leaves()[leaf].physical == format::ParquetPhysical::kByteArray;
  };
  const bool whole_chunks = metadata.leaves()[table.chunk].meaning == format::ParquetMeaning::kSigned ||
                            metadata.leaves()[table.chunk].meaning == format::ParquetMeaning::kUnsigned;
  if (is_bytes(table.document_id) && is_bytes(table.bytes) && whole_chunks) return Status::Ok();
  return Status::InvalidArgument("contents: expected document_id as text, chunk as an integer, bytes as bytes");
}

Result<ParquetTableColumn> ColumnOf(Kind kind, const format::ParquetLeaf& leaf) {
  ParquetTableColumn column;
  if (leaf.name == kUnknownColumn || leaf.name == kDigitsColumn) {
    const bool is_text = leaf.meaning == format::ParquetMeaning::kText || leaf.meaning == format::ParquetMeaning::kJson;
    if (!is_text || leaf.is_list) return Status::InvalidArgument("column \"" + leaf.name + "\": not JSON");
    column.use = leaf.name == kDigitsColumn ? ParquetTableColumn::Use::kDigits : ParquetTableColumn::Use::kUnknownMembers;
    return column;
  }
  if (const std::optional<std::size_t> member = format::FindMember(kind, leaf.name)) {
    column.use = ParquetTableColumn::Use::kMember;
    column.member = format::MembersOfKind(kind)[*member];
    return column;
  }
  if (std::ranges::find(format::kInterchangeWords, leaf.name) != format::kInterchangeWords.end()) {
    return Status::InvalidArgument("column \"" + leaf.name + "\": not a valid member name");
  }
  return column;
}

}  // namespace

Status CheckParquetRows(std::uint64_t rows, std::uint64_t file_bytes) {
  if (rows / kParquetRowsPerByteMax <= file_bytes) return Status::Ok();
  return Status::ResourceExhausted(std::to_string(rows) + " rows in " + std::to_string(file_bytes) + " bytes: more than " +
                                   std::to_string(kParquetRowsPerByteMax) + " per byte");
}

Result<ParquetTable> TableOfParquet(const format::ParquetMetadata& metadata, std::optional<Kind> kind) {
  COFFER_ASSIGN(Kind found, KindOfFile(metadata, kind));
  ParquetTable table;
  table.kind = found;
  std::set<std::string_view> names;
  for (const format::ParquetLeaf& leaf : metadata.leaves()) {
    if (!names.insert(leaf.name).second) return Status::InvalidArgument("column \"" + leaf.name + "\" occurs twice");
  }
  if (table.kind == Kind::kContent) {
    COFFER_TRY(FindContentColumns(metadata, table));
    return table;
  }
  for (const format::ParquetLeaf& leaf : metadata.leaves()) {
    COFFER_ASSIGN(ParquetTableColumn column, ColumnOf(table.kind, leaf));
    table.columns.push_back(column);
  }
  return table;
}

}  // namespace coffer::operations
