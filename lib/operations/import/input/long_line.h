// LongLine: one line that is too long to be held, read as a stream: messages go to a ConversationWriter and content to a
// ContentWriter while they come, and the rest becomes a record as that of any line does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "coffer/content.h"
#include "coffer/engine.h"
#include "coffer/import.h"
#include "coffer/limits.h"
#include "coffer/result.h"
#include "engine/conversation_writer.h"
#include "format/age/base64.h"
#include "format/records/record_codec.h"
#include "format/text/line_splitter.h"
#include "operations/import/input/line_reader.h"

namespace coffer::operations {

// Limits: kRecordBytesMax for each message and for the rest, kDocumentContentBytesMax for the content. The number of messages
// has none but the disk's. One thread; engine, options and reader must outlive it. What is not taken from it goes with it.
class LongLine final : private format::LinePartSink {
 public:
  LongLine(Engine& engine, const ImportOptions& options, format::RecordReader& records);

  // Reads the line to its end, or as far as what refuses it. A failed Status: of the source or of the engine.
  Status Read(LineSource& lines);

  bool blank() const { return splitter_.rest().empty(); }
  // Empty: the line is good, and the others may be asked.
  const std::string& refusal() const { return refusal_; }

  // With "messages":[] and "content_base64":"" where they were streamed.
  format::InterchangeRecord& record() { return *record_; }
  // The policy leaves the stored record alone, so that messages and content were read, but not kept.
  bool already_there() const { return already_there_; }
  // Null, or nothing, where the line brought none.
  std::unique_ptr<engine::ConversationWriter>& messages() { return messages_; }
  std::optional<ContentWriter>& content() { return content_; }

 private:
  Status BeginMessages() override;
  Status AddMessage(std::string_view json, std::uint64_t offset) override;
  Status BeginContent() override;
  Status AddContent(std::string_view base64) override;
  Status EndContent() override;

  Status SplitLine(LineSource& lines);
  void ReadRest();
  void NoteConversation(std::string_view conversation_id);
  // A message that names another conversation than the line's; empty: none does.
  std::string WhyOfAnotherConversation(std::string_view id) const;
  Status StoreDecoded();
  // Looks whether the record that the line has named so far is one that the policy keeps.
  Status NoteAlreadyThere(Kind kind);

  Engine& engine_;
  const ImportOptions& options_;
  format::RecordReader& records_;
  format::LineSplitter splitter_;
  std::string refusal_;
  std::optional<format::InterchangeRecord> record_;
  bool already_there_ = false;

  std::unique_ptr<engine::ConversationWriter> messages_;
  std::size_t items_ = 0;
  // The line's own id may come last: the first conversation that a message names, and the first that another one does.
  std::string named_conversation_;
  std::size_t named_at_ = 0;
  std::optional<std::size_t> differs_at_;

  std::optional<ContentWriter> content_;
  format::Base64Decoder base64_;
  std::string decoded_;
  std::uint64_t content_bytes_ = 0;
};

// Why an import refuses a record without an id.
std::string WithoutId(std::string_view what);

}  // namespace coffer::operations
