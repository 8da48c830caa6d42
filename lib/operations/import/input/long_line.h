// LongLine: reads one very long line as a stream: writes messages to a ConversationWriter and content to a ContentWriter, and
// reads the rest as a normal record.
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

// Limits: kRecordBytesMax for each message and for the rest, kDocumentContentBytesMax for the content; only the disk limits the
// number of messages. One thread; engine, options and reader must outlive it. Discards messages and content that are not taken
// from it.
class LongLine final : private format::LinePartSink {
 public:
  LongLine(Engine& engine, const ImportOptions& options, format::RecordReader& records);

  // Reads the line to its end or to what refuses it. Fails with the failure of the source or of the engine.
  Status Read(LineSource& lines);

  bool blank() const { return splitter_.rest().empty(); }
  // Why the line is refused. If empty, the members below may be called.
  const std::string& refusal() const { return refusal_; }

  // Has "messages":[] and "content_base64":"" in place of streamed values.
  format::InterchangeRecord& record() { return *record_; }
  // The mode keeps the stored record, so messages and content were read but not written.
  bool already_there() const { return already_there_; }
  // Null or nothing if the line has none.
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
  // Why a message of another conversation refuses the line; empty: all match `id`.
  std::string WhyOfAnotherConversation(std::string_view id) const;
  Status StoreDecoded();
  // Checks whether the mode keeps a stored record with the id that the line has named so far.
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
  // The first conversation named by a message, and the first message that names another one: the line's own id may come last.
  std::string named_conversation_;
  std::size_t named_at_ = 0;
  std::optional<std::size_t> differs_at_;

  std::optional<ContentWriter> content_;
  format::Base64Decoder base64_;
  std::string decoded_;
  std::uint64_t content_bytes_ = 0;
};

// The refusal of a record without an id.
std::string WithoutId(std::string_view what);

}  // namespace coffer::operations
