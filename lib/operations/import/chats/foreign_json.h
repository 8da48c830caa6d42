// Shared by the readers of chats: conversion of values, and the members that remain.
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

// The canonical text of one value. kInvalidArgument: not JSON; the message names the byte.
Result<std::string> CanonicalOf(std::string_view json);

// Reads the members of one object and remembers which were stored exactly, so that the rest can be kept.
class ForeignObject {
 public:
  explicit ForeignObject(std::string_view canonical) : object_(canonical) {}

  const format::CanonicalObject& object() const { return object_; }
  // The canonical value; empty: absent. It stays in the rest.
  std::string_view Find(std::string_view name) const { return object_.Find(name); }
  std::optional<std::string> Text(std::string_view name) const { return object_.Text(name); }
  bool IsTrue(std::string_view name) const { return Find(name) == "true"; }

  // Removes the member from the rest, because it is stored exactly elsewhere.
  void MarkCarried(std::string_view name) { carried_.insert(name); }
  // Reads a text and removes it from the rest.
  std::optional<std::string> TakeText(std::string_view name);
  // Reads a time counted from 1970. Removed from the rest if exact; noted as a loss of `field` if out of range. Other types
  // give nothing.
  std::optional<Timestamp> TakeEpoch(std::string_view name, std::optional<format::EpochUnit> unit, std::string_view field,
                                     std::string_view where, FieldLosses& losses);
  // Reads an RFC 3339 time, or the {"$date":…} of a database dump, and removes it from the rest.
  std::optional<Timestamp> TakeTime(std::string_view name, std::string_view field, std::string_view where, FieldLosses& losses);
  // Reads a number that the rule allows. Others stay in the rest and are noted as a loss of `field`, except null.
  std::optional<JsonNumber> TakeNumber(std::string_view name, format::Rule rule, std::string_view field, std::string_view where,
                                       FieldLosses& losses);
  // The members that are not stored elsewhere.
  format::CanonicalWriter Rest() const;

 private:
  format::CanonicalObject object_;
  std::set<std::string_view> carried_;
};

// Builds extra_metadata from {`source`: `rest`} and further members; nothing if it is empty.
std::optional<Json> MetadataOf(std::string_view source, const format::CanonicalWriter& rest,
                               const format::CanonicalWriter& beside = {});

bool IsNumber(std::string_view canonical);

// The number if the rule allows it.
std::optional<JsonNumber> NumberOf(std::string_view canonical, format::Rule rule);
// Appends a paragraph to the text.
void AppendParagraph(std::string_view paragraph, std::string& text);
// The rating of a thumb: 5 up, 1 down; nothing for other words.
std::optional<JsonNumber> RatingOfThumb(std::string_view word);

}  // namespace coffer::operations
