#include "operations/export/exported_record.h"

#include <cstdint>

namespace coffer::operations {
namespace {

Status NoObject() { return Status::Corruption("malformed record text"); }

}  // namespace

Status ExportedRecord::AppendOpenConversation(const format::StoredText& text, const format::ConversationHead& head,
                                              std::string& out) {
  const std::size_t begin = out.size();
  format::AppendOpenConversation(text, head.messages.count, head.last_message_at, out);
  return include_metadata_ ? Status::Ok() : DropMetadata(conversation_, begin, out);
}

Status ExportedRecord::AppendOpenDocument(const format::StoredRecord& record, std::string& out) {
  if (!record.json.ends_with('}')) return NoObject();
  const std::size_t begin = out.size();
  out += record.json.substr(0, record.json.size() - 1);
  return include_metadata_ ? Status::Ok() : DropMetadata(document_, begin, out);
}

Status ExportedRecord::AppendPrompt(const format::StoredRecord& record, std::string& out) {
  if (!record.json.ends_with('}')) return NoObject();
  const std::size_t begin = out.size();
  out += record.json.substr(0, record.json.size() - 1);
  Status status = include_metadata_ ? Status::Ok() : DropMetadata(prompt_, begin, out);
  out += '}';
  return status;
}

Status ExportedRecord::AppendMessage(const format::StoredMessage& message, std::string_view place,
                                     std::uint64_t sequence_number, std::string& out) {
  const std::size_t begin = out.size();
  format::AppendFullMessage(message, place, sequence_number, out);
  if (include_metadata_) return Status::Ok();
  out.pop_back();
  Status status = DropMetadata(message_, begin, out);
  out += '}';
  return status;
}

Status ExportedRecord::DropMetadata(format::RecordMembers& members, std::size_t begin, std::string& out) {
  const std::string whole = out.substr(begin) + "}";
  if (!members.Read(whole)) return NoObject();
  out.resize(begin);
  out += '{';
  for (std::size_t i = 0; i < members.values().size(); ++i) {
    const std::string_view name = members.members()[i].name;
    if (members.value(i).empty() || name == format::kExtraMetadataName) continue;
    if (out.size() > begin + 1) out += ',';
    out.append("\"").append(name).append("\":").append(members.value(i));
  }
  return Status::Ok();
}

}  // namespace coffer::operations
