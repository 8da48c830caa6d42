// Reads records from JSON text. record_members.h has the members, member_reader.cc reads their types; this file reads whole
// records and interchange lines.
#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "coffer/limits.h"
#include "coffer/record_json.h"
#include "format/age/base64.h"
#include "format/json/json_text.h"
#include "format/records/member_reader.h"
#include "format/records/record_codec.h"
#include "format/records/record_members.h"
#include "vocabulary/exceptions.h"

namespace coffer::format {
namespace {

// The most by which canonical text is longer than the text read: defaults, and digits of times.
constexpr std::size_t kGrowthBytesMax = 512;

Status CheckText(const Conversation& conversation, std::string& scratch) {
  ConversationText unused;
  return AppendConversation(conversation, scratch, unused);
}
Status CheckText(const Message& message, std::string& scratch) {
  std::size_t unused = 0;
  return AppendMessage(message, scratch, unused);
}
Status CheckText(const Document& document, std::string& scratch) { return AppendDocument(document, scratch); }
Status CheckText(const Prompt& prompt, std::string& scratch) { return AppendPrompt(prompt, scratch); }

}  // namespace

class RecordReader::Parser {
 public:
  template <typename Record>
  Result<Record> ReadAlone(std::string_view json, std::optional<std::size_t> message = std::nullopt) {
    Start();
    message_ = message;
    Record record;
    if (!reader_.Start(json) || !ReadRecord(record, nullptr) || !reader_.Finish()) return Fault();
    return record;
  }

  Result<InterchangeRecord> ReadLine(std::string_view json, std::optional<Kind> kind, std::string_view owner) {
    Start();
    owner_ = owner;
    InterchangeRecord line;
    if (!reader_.Start(json) || !ReadLineOf(kind, line) || !reader_.Finish() || !CheckWhole(line)) return Fault();
    return line;
  }

 private:
  void Start() {
    owner_ = {};
    fault_.clear();
    message_.reset();
  }

  // The first fault, of the text or of a value.
  Status Fault() { return Status::InvalidArgument(reader_.failed() ? reader_.fault() : std::exchange(fault_, std::string())); }

  bool Reject(std::string_view name, std::string_view reason) {
    fault_.clear();
    if (message_) fault_.append("messages[").append(std::to_string(*message_)).append(name.empty() ? "]" : "].");
    fault_.append(name).append(": ").append(reason);
    return false;
  }

  bool ReadLineOf(std::optional<Kind> kind, InterchangeRecord& line) {
    std::string type;
    const CanonicalReader::Glance glance =
        reader_.Peek() == '{' ? reader_.GlanceAt(kTypeWord, type) : CanonicalReader::Glance::kAbsent;
    if (glance == CanonicalReader::Glance::kString) kind = KindOf(type);
    if (kind && glance != CanonicalReader::Glance::kOther) {
      if (*kind == Kind::kConversation) return ReadRecord(line.record.emplace<Conversation>(), &line);
      if (*kind == Kind::kMessage) return ReadRecord(line.record.emplace<Message>(), &line);
      if (*kind == Kind::kDocument) return ReadRecord(line.record.emplace<Document>(), &line);
      if (*kind == Kind::kPrompt) return ReadRecord(line.record.emplace<Prompt>(), &line);
    }
    return ExplainType(glance, type);
  }

  // Checks that need all members, because members may come in any order.
  bool CheckWhole(InterchangeRecord& line) {
    if (line.content && line.content_path) return Reject(kContentPathWord, "given together with content_base64");
    if (!line.messages) return true;
    const std::string& id = std::get<Conversation>(line.record).id;
    for (std::size_t i = 0; i < line.messages->size(); ++i) {
      std::string& conversation_id = (*line.messages)[i].conversation_id;
      message_ = i;
      if (!conversation_id.empty() && conversation_id != id)
        return Reject("conversation_id", "differs from the conversation's id");
      conversation_id = id;
    }
    return true;
  }

  static std::optional<Kind> KindOf(std::string_view type) {
    for (Kind kind : {Kind::kConversation, Kind::kMessage, Kind::kDocument, Kind::kPrompt}) {
      if (type == KindName(kind)) return kind;
    }
    return std::nullopt;
  }

  // Always returns false. Reports malformed text first, else the fault of the type.
  bool ExplainType(CanonicalReader::Glance glance, std::string_view type) {
    const bool is_object = reader_.Peek() == '{';
    std::string unused;
    if (!reader_.AppendValue(unused) || !reader_.Finish()) return false;
    if (!is_object) return Reject("record", "not an object");
    if (glance == CanonicalReader::Glance::kOther) return Reject(kTypeWord, "not a string");
    if (glance == CanonicalReader::Glance::kAbsent) return Reject(kTypeWord, "missing");
    std::string quoted;
    AppendJsonString(type.substr(0, 64), quoted);
    return Reject(kTypeWord, "unknown value " + quoted);
  }

  // `line` receives the members of an interchange line that are not part of the record; null: they are rejected.
  template <typename Record>
  bool ReadRecord(Record& record, InterchangeRecord* line) {
    const std::size_t begin = reader_.offset();
    if (reader_.Peek() != '{') return RejectValue();
    CanonicalReader::Scope scope;
    if (!reader_.OpenObject(scope)) return false;
    std::uint32_t seen = 0;
    std::string unknown;
    std::string_view name;
    while (reader_.NextMember(scope, name)) {
      const Known known = ReadKnown(name, record, seen);
      if (known == Known::kFault) return false;
      if (known == Known::kNo && !ReadOther(name, record, line, unknown)) return false;
    }
    if (reader_.failed()) return false;
    record.unknown_members = CanonicalReader::MakeMembers(std::move(unknown));
    return CheckRequired(record, seen) && CheckSize(record, reader_.offset() - begin);
  }

  bool RejectValue() {
    std::string unused;
    return reader_.AppendValue(unused) && Reject(message_ ? "" : "record", "not an object");
  }

  enum class Known { kNo, kRead, kFault };

  template <typename Record>
  Known ReadKnown(std::string_view name, Record& record, std::uint32_t& seen) {
    Known known = Known::kNo;
    std::uint32_t bit = 1;
    const auto try_one = [&](const auto& member) {
      if (member.key.name() != name) {
        bit <<= 1;
        return false;
      }
      known = ReadMember(record, member, bit, seen) ? Known::kRead : Known::kFault;
      return true;
    };
    std::apply([&](const auto&... member) { return (try_one(member) || ...); }, MembersOf<Record>::kTable);
    return known;
  }

  template <typename Record, typename Field>
  bool ReadMember(Record& record, const Member<Record, Field>& member, std::uint32_t bit, std::uint32_t& seen) {
    if (member.use == Use::kDerived) return SkipValue();
    const bool required = member.use == Use::kRequired || member.use == Use::kOwner;
    if (reader_.Peek() == 'n') {
      if (!reader_.ReadNull()) return false;
      return !required || Reject(member.key.name(), "null");
    }
    if (!values_.Read(member.rule, record.*member.field)) {
      return !reader_.failed() && Reject(member.key.name(), values_.reason());
    }
    seen |= bit;
    return true;
  }

  bool SkipValue() {
    scratch_.clear();
    return reader_.AppendValue(scratch_);
  }

  template <typename Record>
  bool ReadOther(std::string_view name, const Record& record, InterchangeRecord* line, std::string& unknown) {
    if (std::ranges::find(kInterchangeWords, name) != kInterchangeWords.end()) return ReadWord(name, record, line);
    if (!unknown.empty()) unknown.push_back(',');
    AppendJsonString(name, unknown);
    unknown.push_back(':');
    return reader_.AppendValue(unknown);
  }

  template <typename Record>
  bool ReadWord(std::string_view word, const Record&, InterchangeRecord* line) {
    if (line != nullptr && word == kTypeWord) return SkipValue();
    if constexpr (std::is_same_v<Record, Conversation>) {
      if (line != nullptr && word == kMessagesWord) return ReadMessages(*line);
    }
    if constexpr (std::is_same_v<Record, Document>) {
      if (line != nullptr && word == kContentBase64Word) return ReadContent(*line);
      if (line != nullptr && word == kContentPathWord) return ReadContentPath(*line);
    }
    return SkipValue() && Reject(word, "reserved for interchange files, not a member of this record");
  }

  bool ReadMessages(InterchangeRecord& line) {
    if (reader_.Peek() == 'n') return reader_.ReadNull();
    if (reader_.Peek() != '[') return SkipValue() && Reject(kMessagesWord, "not an array");
    CanonicalReader::Scope scope;
    if (!reader_.OpenArray(scope)) return false;
    std::vector<Message>& messages = line.messages.emplace();
    messages.reserve(kMessagesReserved);
    while (reader_.NextItem(scope)) {
      message_ = messages.size();
      const int depth = reader_.SetDepth(0);
      if (!ReadRecord(messages.emplace_back(), nullptr)) return false;
      reader_.SetDepth(depth);
    }
    message_.reset();
    return !reader_.failed();
  }

  bool ReadContent(InterchangeRecord& line) {
    if (reader_.Peek() == 'n') return reader_.ReadNull();
    if (!values_.Read(Rule::kNone, scratch_)) return !reader_.failed() && Reject(kContentBase64Word, values_.reason());
    if (scratch_.size() / 4 * 3 > kRecordBytesMax + 2) return RejectContentSize();
    std::string& content = line.content.emplace();
    const Status status = DecodeBase64(scratch_, content);
    scratch_ = std::string();
    if (!status.ok()) return Reject(kContentBase64Word, status.message());
    if (content.size() > kRecordBytesMax) return RejectContentSize();
    return true;
  }

  bool RejectContentSize() {
    return Reject(kContentBase64Word,
                  "above " + std::to_string(kRecordBytesMax) + " bytes; use content_path for a larger content");
  }

  bool ReadContentPath(InterchangeRecord& line) {
    if (reader_.Peek() == 'n') return reader_.ReadNull();
    return values_.Read(Rule::kNotEmpty, line.content_path) ||
           (!reader_.failed() && Reject(kContentPathWord, values_.reason()));
  }

  template <typename Record>
  bool CheckRequired(Record& record, std::uint32_t seen) {
    std::uint32_t bit = 1;
    const auto check = [&](const auto& member) {
      const bool missing = (seen & bit) == 0;
      bit <<= 1;
      if (!missing || member.use == Use::kOptional || member.use == Use::kDerived || member.use == Use::kPlace) return true;
      if constexpr (std::is_same_v<std::decay_t<decltype(record.*member.field)>, std::string>) {
        if (member.use == Use::kOwner && !owner_.empty()) {
          record.*member.field = owner_;
          const std::string fault = TextFault(member.rule, owner_);
          return fault.empty() || Reject(member.key.name(), fault);
        }
      }
      return Reject(member.key.name(), "missing");
    };
    return std::apply([&](const auto&... member) { return (check(member) && ...); }, MembersOf<Record>::kTable);
  }

  // The limit applies to the canonical text, which is made only for records whose size is close to the limit.
  template <typename Record>
  bool CheckSize(const Record& record, std::size_t bytes_read) {
    if (bytes_read + kGrowthBytesMax <= kRecordBytesMax) return true;
    std::string text;
    const Status status = CheckText(record, text);
    if (status.ok()) return true;
    fault_ = status.message();
    return false;
  }

  // Most conversations are short; moving the messages of a long one a few times is cheaper than reserving for all.
  static constexpr std::size_t kMessagesReserved = 4;

  CanonicalReader reader_;
  MemberReader values_{reader_};
  std::string_view owner_;
  std::optional<std::size_t> message_;  // the index in "messages" of the message being read
  std::string scratch_;
  std::string fault_;
};

RecordReader::RecordReader() : parser_(std::make_unique<Parser>()) {}
RecordReader::~RecordReader() = default;

Result<Conversation> RecordReader::ReadConversation(std::string_view json) { return parser_->ReadAlone<Conversation>(json); }
Result<Message> RecordReader::ReadMessage(std::string_view json) { return parser_->ReadAlone<Message>(json); }
Result<Document> RecordReader::ReadDocument(std::string_view json) { return parser_->ReadAlone<Document>(json); }
Result<Prompt> RecordReader::ReadPrompt(std::string_view json) { return parser_->ReadAlone<Prompt>(json); }

Result<Message> RecordReader::ReadMessageOfLine(std::string_view json, std::size_t index) {
  return parser_->ReadAlone<Message>(json, index);
}

Result<InterchangeRecord> RecordReader::ReadLine(std::string_view json, std::optional<Kind> kind, std::string_view owner) {
  return parser_->ReadLine(json, kind, owner);
}

}  // namespace coffer::format

namespace coffer {

// Each call has its own reader: its buffers are small for small records, and no memory stays allocated.
Result<Conversation> ParseConversation(std::string_view json) try {
  return format::RecordReader().ReadConversation(json);
} catch (...) {
  return StatusOfException();
}

Result<Message> ParseMessage(std::string_view json) try { return format::RecordReader().ReadMessage(json); } catch (...) {
  return StatusOfException();
}

Result<Document> ParseDocument(std::string_view json) try { return format::RecordReader().ReadDocument(json); } catch (...) {
  return StatusOfException();
}

Result<Prompt> ParsePrompt(std::string_view json) try { return format::RecordReader().ReadPrompt(json); } catch (...) {
  return StatusOfException();
}

}  // namespace coffer
