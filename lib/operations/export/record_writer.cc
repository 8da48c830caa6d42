#include "operations/export/record_writer.h"

#include <algorithm>

#include "coffer/version.h"
#include "format/age/base64.h"
#include "format/json/json_text.h"
#include "operations/files/content_entry_names.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr int kLayoutVersion = 1;

void AppendMember(std::string_view name, std::string_view value, std::string& out) {
  if (!out.ends_with('{')) out += ',';
  format::AppendJsonString(name, out);
  out += ':';
  format::AppendJsonString(value, out);
}

void AppendFilters(const ExportOptions& options, std::string& out) {
  out += '{';
  if (!options.owner.empty()) AppendMember("user_id", options.owner, out);
  if (!options.conversation_id.empty()) AppendMember("conversation_id", options.conversation_id, out);
  if (options.created_from) AppendMember("date_from", FormatTimestamp(*options.created_from), out);
  if (options.created_before) AppendMember("date_to", FormatTimestamp(*options.created_before), out);
  out += '}';
}

}  // namespace

Status WriteBeside(const ExportWork& work, std::string_view document_id, const format::ContentReference& content) {
  COFFER_TRY(work.bundle.BeginContent(ContentEntryPath(document_id), content.size_bytes));
  return work.contents(document_id, content, [&work](std::string_view piece) {
    COFFER_TRY(work.context.CheckStop());
    work.context.AddBytes(piece.size());
    return work.bundle.WriteContent(piece);
  });
}

// Base64 encodes three bytes at a time; the remainder of a piece is put before the next one.
Status ForEachBase64Piece(const ExportWork& work, std::string_view document_id, const format::ContentReference& content,
                          const std::function<Status(std::string_view base64)>& take) {
  std::string left_over;
  std::string base64;
  Status status = work.contents(document_id, content, [&](std::string_view piece) {
    base64.clear();
    if (!left_over.empty()) {
      const std::size_t count = std::min(3 - left_over.size(), piece.size());
      left_over += piece.substr(0, count);
      piece.remove_prefix(count);
      if (left_over.size() < 3) return Status::Ok();
      format::AppendBase64(left_over, base64);
      left_over.clear();
    }
    const std::size_t whole = piece.size() / 3 * 3;
    format::AppendBase64(piece.substr(0, whole), base64);
    left_over = piece.substr(whole);
    return take(base64);
  });
  if (!status.ok()) return status;
  base64.clear();
  format::AppendBase64(left_over, base64);
  return take(base64);
}

void AppendHeaderMembers(const ExportWork& work, std::string& out) {
  out += "\"version\":" + std::to_string(kLayoutVersion);
  AppendMember("export_id", work.report.export_id, out);
  AppendMember("created_at", FormatTimestamp(work.report.created_at), out);
  AppendMember("scope", ExportScopeName(work.plan.options.scope), out);
  out += ",\"filters\":";
  AppendFilters(work.plan.options, out);
  AppendMember("engine_version", Version(), out);
}

void AppendCounts(const ExportWork& work, std::string& out) {
  struct Count {
    std::string_view name;
    std::uint64_t value;
    bool shown;
  };
  const ScopeKinds& kinds = work.plan.kinds;
  const ExportReport& report = work.report;
  const Count counts[] = {{"conversations", report.conversations, kinds.conversations},
                          {"messages", report.messages, kinds.messages || (kinds.conversations && !kinds.rows)},
                          {"documents", report.documents, kinds.documents},
                          {"prompts", report.prompts, kinds.prompts},
                          {"contents", report.contents, kinds.documents && !kinds.rows},
                          {"rows", report.rows, kinds.analytics}};
  out += '{';
  for (const Count& count : counts) {
    if (!count.shown) continue;
    if (!out.ends_with('{')) out += ',';
    out.append("\"").append(count.name).append("\":").append(std::to_string(count.value));
  }
  out += '}';
}

}  // namespace coffer::operations
