// What readers of other programs' JSON share: values that are ours only under conditions, and members that are left over.
#pragma once

#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "coffer/json.h"
#include "coffer/result.h"
#include "coffer/timestamp.h"
#include "format/json/canonical_object.h"
#include "format/records/epoch_time.h"
#include "format/records/record_rules.h"
#include "operations/import/input/field_losses.h"

namespace coffer::operations {

// The text of one value in canonical form. kInvalidArgument: it is not JSON; the message names the byte.
Result<std::string> CanonicalOf(std::string_view json);

// Reads the members of one object and remembers which were carried to the letter, so that the rest can be kept.
class ForeignObject {
 public:
  explicit ForeignObject(std::string_view canonical) : object_(canonical) {}

  const format::CanonicalObject& object() const { return object_; }
  // As it stands; empty: absent. It stays among the rest.
  std::string_view Find(std::string_view name) const { return object_.Find(name); }
  std::optional<std::string> Text(std::string_view name) const { return object_.Text(name); }
  bool IsTrue(std::string_view name) const { return Find(name) == "true"; }

  // It is carried elsewhere to the letter, and is no part of the rest.
  void MarkCarried(std::string_view name) { carried_.insert(name); }
  // A text that is carried to the letter.
  std::optional<std::string> TakeText(std::string_view name);
  // A time as a count since 1970; what is not a number is none, and null is none without a word. Taken off the rest where it is
  // exact. One out of range is noted as `field`.
  std::optional<Timestamp> TakeEpoch(std::string_view name, std::optional<format::EpochUnit> unit, std::string_view field,
                                     std::string_view where, FieldLosses& losses);
  // A time in RFC 3339, or the {"$date":…} of a database's dump. Taken off the rest where it is read.
  std::optional<Timestamp> TakeTime(std::string_view name, std::string_view field, std::string_view where, FieldLosses& losses);
  // A number that the rule lets pass; another one stays in the rest, and is noted as `field`. Null is none without a word.
  std::optional<JsonNumber> TakeNumber(std::string_view name, format::Rule rule, std::string_view field, std::string_view where,
                                       FieldLosses& losses);
  // The members that were not carried.
  format::CanonicalWriter Rest() const;

 private:
  format::CanonicalObject object_;
  std::set<std::string_view> carried_;
};

// {`source`: `rest`} and what else was added, as extra_metadata; nothing where there is nothing in it.
std::optional<Json> MetadataOf(std::string_view source, const format::CanonicalWriter& rest,
                               const format::CanonicalWriter& beside = {});

bool IsNumber(std::string_view canonical);

// The canonical number as ours, if the rule lets it pass.
std::optional<JsonNumber> NumberOf(std::string_view canonical, format::Rule rule);
// The text of a value that was joined of paragraphs, one of which is added.
void AppendParagraph(std::string_view paragraph, std::string& text);
// The stars of a thumb: 5 up, 1 down; nothing for any other word.
std::optional<JsonNumber> RatingOfThumb(std::string_view word);

}  // namespace coffer::operations
