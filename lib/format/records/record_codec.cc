#include "format/records/record_codec.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <type_traits>

#include "coffer/limits.h"
#include "coffer/record_json.h"
#include "format/json/json_text.h"
#include "format/records/enum_names.h"
#include "format/records/record_members.h"
#include "format/records/timestamp_text.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

namespace coffer::format {
namespace {

// The minimum bytes of a nesting level: a shorter text cannot be too deep.
constexpr std::size_t kBytesALevel = 2;

// Room for the members that the engine adds to a record of the maximum size.
constexpr std::size_t kEngineMembersBytesMax = 512;

bool TooDeep(std::string_view canonical) {
  // The record's own braces are one level.
  return canonical.size() >= kBytesALevel * kJsonDepthMax && CanonicalDepth(canonical) >= kJsonDepthMax;
}

// The offsets at which members belong that stored text omits.
struct LeftOut {
  std::size_t message_count = 0;
  std::size_t last_message_at = 0;
  std::size_t message_place = 0;
};

// Writes one record. The first fault ends the writing.
class Encoder {
 public:
  Encoder(std::string& out, bool stored) : out_(out), begin_(out.size()), stored_(stored) {}

  template <typename Record>
  Status Encode(const Record& record, LeftOut& left_out) {
    out_.push_back('{');
    const bool written = std::apply([&](const auto&... member) { return (Write(record, member, left_out) && ...); },
                                    MembersOf<Record>::kTable) &&
                         WriteUnknown<Record>(record.unknown_members);
    out_.push_back('}');
    const std::size_t bytes = out_.size() - begin_;
    if (written && bytes <= kRecordBytesMax + (stored_ ? 0 : kEngineMembersBytesMax)) return Status::Ok();
    if (written) Fail("record", std::to_string(bytes) + " bytes, above " + std::to_string(kRecordBytesMax));
    out_.resize(begin_);
    return Status::InvalidArgument(std::move(fault_));
  }

 private:
  bool Fail(std::string_view name, std::string_view reason) {
    fault_.assign(name).append(": ").append(reason);
    return false;
  }

  template <typename Record, typename Field>
  bool Write(const Record& record, const Member<Record, Field>& member, LeftOut& left_out) {
    const bool elsewhere = member.use == Use::kDerived || member.use == Use::kPlace;
    if (elsewhere && stored_) {
      NotePlace(member.key.name(), left_out);
      return true;
    }
    return WriteField(member.key, member.rule, member.use, record.*member.field);
  }

  void NotePlace(std::string_view name, LeftOut& left_out) const {
    const std::size_t offset = out_.size() - begin_;
    if (name == "message_count") left_out.message_count = offset;
    if (name == "last_message_at") left_out.last_message_at = offset;
    if (name == "conversation_id") left_out.message_place = offset;
  }

  void Key(const MemberKey& key) { out_ += key.text().substr(out_.size() == begin_ + 1 ? 1 : 0); }

  template <typename T>
  bool WriteField(const MemberKey& key, Rule rule, Use use, const std::optional<T>& value) {
    // A present value must satisfy the rule, so an empty id is a fault.
    return !value || WriteField(key, rule, use == Use::kOptional ? Use::kRequired : use, *value);
  }

  bool WriteField(const MemberKey& key, Rule rule, Use use, const std::string& text) {
    const bool engine_makes_it = rule == Rule::kId && (use == Use::kOptional || use == Use::kPlace);
    if (engine_makes_it && text.empty()) return true;
    if (rule != Rule::kNone) {
      if (const std::string fault = TextFault(rule, text); !fault.empty()) return Fail(key.name(), fault);
    }
    Key(key);
    return AppendText(key.name(), text);
  }

  bool WriteField(const MemberKey& key, Rule rule, Use, const std::vector<std::string>& strings) {
    if (const std::string fault = StringsFault(rule, strings); !fault.empty()) return Fail(key.name(), fault);
    Key(key);
    out_.push_back('[');
    for (const std::string& text : strings) {
      if (&text != strings.data()) out_.push_back(',');
      if (!AppendText(key.name(), text)) return false;
    }
    out_.push_back(']');
    return true;
  }

  bool WriteField(const MemberKey& key, Rule rule, Use, const JsonNumber& number) {
    if (number.text().empty()) return Fail(key.name(), "a number without digits (NaN, infinite or moved from)");
    if (const std::string fault = NumberFault(rule, number.text()); !fault.empty()) return Fail(key.name(), fault);
    Key(key);
    out_ += number.text();
    return true;
  }

  bool WriteField(const MemberKey& key, Rule rule, Use, const Json& value) {
    if (const std::string fault = JsonFault(rule, value); !fault.empty()) return Fail(key.name(), fault);
    if (TooDeep(value.text())) return FailDepth(key.name());
    Key(key);
    out_ += value.text();
    return true;
  }

  bool WriteField(const MemberKey& key, Rule, Use, const Timestamp& timestamp) {
    if (!HasText(timestamp)) return Fail(key.name(), "outside the years 1 to 9999");
    Key(key);
    out_.push_back('"');
    AppendTimestamp(timestamp, out_);
    out_.push_back('"');
    return true;
  }

  bool WriteField(const MemberKey& key, Rule rule, Use, const std::uint64_t& value) {
    if (const std::string fault = WholeFault(rule, value); !fault.empty()) return Fail(key.name(), fault);
    Key(key);
    AppendWhole(value, out_);
    return true;
  }

  bool WriteField(const MemberKey& key, Rule, Use, const bool& value) {
    Key(key);
    out_ += value ? "true" : "false";
    return true;
  }

  template <typename Enum>
  requires std::is_enum_v<Enum>
  bool WriteField(const MemberKey& key, Rule, Use, const Enum& value) {
    const std::string_view name = EnumName(value);
    if (name.empty()) return Fail(key.name(), "unknown value " + std::to_string(static_cast<int>(value)));
    Key(key);
    out_.push_back('"');
    out_ += name;
    out_.push_back('"');
    return true;
  }

  bool AppendText(std::string_view name, std::string_view text) {
    if (AppendCheckedJsonString(text, out_)) return true;
    return Fail(name, "byte " + std::to_string(FindBadUtf8(text)) + ": invalid UTF-8");
  }

  bool FailDepth(std::string_view name) {
    return Fail(name, "nested deeper than " + std::to_string(kJsonDepthMax) + " levels");
  }

  template <typename Record>
  bool WriteUnknown(const JsonMembers& members) {
    if (members.empty()) return true;
    std::string_view rest = members.text();
    std::string_view name;
    std::string_view value;
    while (TakeCanonicalMember(rest, name, value)) {
      name = name.substr(1, name.size() - 2);
      const bool known =
          std::apply([&](const auto&... member) { return ((member.key.name() == name) || ...); }, MembersOf<Record>::kTable);
      if (known) return Fail(name, "a known member in unknown_members");
      if (std::ranges::find(kInterchangeWords, name) != kInterchangeWords.end()) {
        return Fail(name, "reserved for interchange files, not a member of a record");
      }
      if (TooDeep(value)) return FailDepth(name);
    }
    if (out_.size() > begin_ + 1) out_.push_back(',');
    out_ += members.text();
    return true;
  }

  std::string& out_;
  const std::size_t begin_;
  const bool stored_;
  std::string fault_;
};

template <typename Record>
Result<std::string> PublicText(const Record& record) {
  std::string text;
  LeftOut unused;
  COFFER_TRY(Encoder(text, false).Encode(record, unused));
  return text;
}

}  // namespace

Status AppendConversation(const Conversation& conversation, std::string& out, ConversationText& text) {
  LeftOut left_out;
  Status status = Encoder(out, true).Encode(conversation, left_out);
  text = {.message_count_offset = left_out.message_count, .last_message_at_offset = left_out.last_message_at};
  return status;
}

Status AppendMessage(const Message& message, std::string& out, std::size_t& after_id_offset) {
  LeftOut left_out;
  Status status = Encoder(out, true).Encode(message, left_out);
  after_id_offset = left_out.message_place;
  return status;
}

Status AppendDocument(const Document& document, std::string& out) {
  LeftOut unused;
  return Encoder(out, true).Encode(document, unused);
}

Status AppendPrompt(const Prompt& prompt, std::string& out) {
  LeftOut unused;
  return Encoder(out, true).Encode(prompt, unused);
}

void AppendMessageCount(std::uint64_t count, std::string& out) {
  out += ",\"message_count\":";
  AppendWhole(count, out);
}

void AppendLastMessageAt(Timestamp timestamp, std::string& out) {
  out += ",\"last_message_at\":\"";
  AppendTimestamp(timestamp, out);
  out.push_back('"');
}

std::string MessagePlaceText(std::string_view conversation_id) {
  std::string text = ",\"conversation_id\":";
  AppendJsonString(conversation_id, text);
  return text += ",\"sequence_number\":";
}

}  // namespace coffer::format

namespace coffer {

Result<std::string> ToJson(const Conversation& conversation) try { return format::PublicText(conversation); } catch (...) {
  return StatusOfException();
}

Result<std::string> ToJson(const Message& message) try { return format::PublicText(message); } catch (...) {
  return StatusOfException();
}

Result<std::string> ToJson(const Document& document) try { return format::PublicText(document); } catch (...) {
  return StatusOfException();
}

Result<std::string> ToJson(const Prompt& prompt) try { return format::PublicText(prompt); } catch (...) {
  return StatusOfException();
}

}  // namespace coffer
