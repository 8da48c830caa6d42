#include "operations/import/chats/foreign_json.h"

#include "format/json/json_text.h"

namespace coffer::operations {

Result<std::string> CanonicalOf(std::string_view json) {
  CanonicalReader reader;
  std::string canonical;
  canonical.reserve(json.size());
  if (reader.Start(json) && reader.AppendValue(canonical) && reader.Finish()) return canonical;
  return Status::InvalidArgument(reader.fault());
}

std::optional<std::string> ForeignObject::TakeText(std::string_view name) {
  std::optional<std::string> text = object_.Text(name);
  if (text) MarkCarried(name);
  return text;
}

std::optional<Timestamp> ForeignObject::TakeEpoch(std::string_view name, std::optional<format::EpochUnit> unit,
                                                  std::string_view field, std::string_view where, FieldLosses& losses) {
  const std::string_view value = Find(name);
  if (value.empty() || value == "null") return std::nullopt;
  std::optional<format::EpochTime> time;
  if (IsNumber(value)) time = format::ReadEpoch(value, unit ? *unit : format::GuessEpochUnit(value));
  if (!time) {
    losses.Note(field, "not a time in the years 1 to 9999: kept in extra_metadata", where);
    return std::nullopt;
  }
  if (time->exact) MarkCarried(name);
  return time->timestamp;
}

std::optional<Timestamp> ForeignObject::TakeTime(std::string_view name, std::string_view field, std::string_view where,
                                                 FieldLosses& losses) {
  std::string_view value = Find(name);
  if (value.empty() || value == "null") return std::nullopt;
  const format::CanonicalObject dumped(value);
  if (!dumped.Find("$date").empty()) value = dumped.Find("$date");
  const Result<Timestamp> time = ParseTimestamp(format::CanonicalText(value).value_or(""));
  if (!time.ok()) {
    losses.Note(field, "not an RFC 3339 time: kept in extra_metadata", where);
    return std::nullopt;
  }
  MarkCarried(name);
  return *time;
}

std::optional<JsonNumber> ForeignObject::TakeNumber(std::string_view name, format::Rule rule, std::string_view field,
                                                    std::string_view where, FieldLosses& losses) {
  const std::string_view value = Find(name);
  if (value.empty() || value == "null") return std::nullopt;
  std::optional<JsonNumber> number = NumberOf(value, rule);
  if (number) {
    MarkCarried(name);
  } else {
    losses.Note(field, "not a number that a record can have: kept in extra_metadata", where);
  }
  return number;
}

format::CanonicalWriter ForeignObject::Rest() const {
  format::CanonicalWriter rest;
  for (const format::CanonicalMember& member : object_.members()) {
    if (!carried_.contains(member.name)) rest.Add(member.name, member.value);
  }
  return rest;
}

std::optional<Json> MetadataOf(std::string_view source, const format::CanonicalWriter& rest,
                               const format::CanonicalWriter& beside) {
  if (rest.empty() && beside.empty()) return std::nullopt;
  format::CanonicalWriter metadata;
  if (!rest.empty()) metadata.Add(source, rest.Finish());
  std::string text = metadata.Finish();
  if (!beside.empty()) {
    const std::string more = beside.Finish().substr(1);
    text.pop_back();
    text += metadata.empty() ? more : "," + more;
  }
  return CanonicalReader::MakeJson(std::move(text));
}

bool IsNumber(std::string_view canonical) {
  return !canonical.empty() && (canonical.front() == '-' || (canonical.front() >= '0' && canonical.front() <= '9'));
}

std::optional<JsonNumber> NumberOf(std::string_view canonical, format::Rule rule) {
  if (!IsNumber(canonical) || !format::NumberFault(rule, canonical).empty()) return std::nullopt;
  return CanonicalReader::MakeNumber(canonical);
}

void AppendParagraph(std::string_view paragraph, std::string& text) {
  if (paragraph.empty()) return;
  if (!text.empty()) text += "\n\n";
  text += paragraph;
}

std::optional<JsonNumber> RatingOfThumb(std::string_view word) {
  if (word == "thumbsUp" || word == "thumbs_up") return JsonNumber(5);
  if (word == "thumbsDown" || word == "thumbs_down") return JsonNumber(1);
  return std::nullopt;
}

}  // namespace coffer::operations
