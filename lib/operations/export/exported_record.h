// ExportedRecord: the canonical text of records in exports, with or without extra_metadata and unknown members.
#pragma once

#include <string>
#include <string_view>

#include "coffer/result.h"
#include "format/records/member_list.h"
#include "format/stored/stored_record.h"

namespace coffer::operations {

// With metadata, stored text is copied; without, it is parsed. One thread at a time.
class ExportedRecord {
 public:
  explicit ExportedRecord(bool include_metadata) : include_metadata_(include_metadata) {}

  // Each appends an object; the first two omit its closing brace. kCorruption: malformed record text.
  Status AppendOpenConversation(const format::StoredText& text, const format::ConversationHead& head, std::string& out);
  Status AppendOpenDocument(const format::StoredRecord& record, std::string& out);
  Status AppendPrompt(const format::StoredRecord& record, std::string& out);
  // `place`: the result of format::MessagePlaceText for the conversation's id.
  Status AppendMessage(const format::StoredMessage& message, std::string_view place, std::uint64_t sequence_number,
                       std::string& out);

 private:
  // Removes the metadata from the object at `begin` in `out`, whose closing brace is missing.
  static Status DropMetadata(format::RecordMembers& members, std::size_t begin, std::string& out);

  const bool include_metadata_;
  format::RecordMembers conversation_{Kind::kConversation};
  format::RecordMembers message_{Kind::kMessage};
  format::RecordMembers document_{Kind::kDocument};
  format::RecordMembers prompt_{Kind::kPrompt};
};

}  // namespace coffer::operations
