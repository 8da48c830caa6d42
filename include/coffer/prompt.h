// Prompt: a reusable prompt, plain data. FORMAT.md defines the JSON form. An "id" below is as kIdBytesMax (limits.h) says. A
// put that breaks a rule below is kInvalidArgument and names the member.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "coffer/json.h"
#include "coffer/timestamp.h"
#include "coffer/visibility.h"

namespace coffer {

// The values are stored and never reused.
enum class PromptType : std::uint8_t { kSystem = 0, kUser = 1, kAssistant = 2, kChain = 3, kTemplate = 4 };
enum class PromptCategory : std::uint8_t {
  kGeneral = 0,
  kCreative = 1,
  kAnalytical = 2,
  kTechnical = 3,
  kEducational = 4,
  kBusiness = 5,
  kCoding = 6,
  kCustom = 7,
};
enum class TemplateFormat : std::uint8_t { kFString = 0, kJinja2 = 1, kMustache = 2 };

// An absent optional member is not stored, unless a default for puts is named.
struct Prompt {
  std::string id;        // an id; empty on a put: the engine generates a ULID
  std::string owner_id;  // an id; required
  std::string name;      // 1..kNameCharactersMax characters; required
  std::optional<std::string> description;
  PromptType prompt_type = PromptType::kTemplate;
  PromptCategory category = PromptCategory::kGeneral;
  std::string content;  // not empty; required
  std::optional<std::vector<std::string>> variables;
  TemplateFormat template_format = TemplateFormat::kFString;
  std::optional<Json> input_schema;              // an object
  std::optional<Json> output_schema;             // an object
  std::optional<Json> examples;                  // an array or an object
  std::uint64_t version = 1;                     // above 0
  bool is_latest = true;                         // data: the engine does not maintain it
  bool is_public = false;                        // data: grants nothing
  std::optional<JsonNumber> rating;              // 0..5
  std::uint64_t usage_count = 0;                 // data: the engine does not count
  std::optional<std::vector<std::string>> tags;  // at most kTagsMax
  std::optional<Json> extra_metadata;            // an object
  std::optional<Timestamp> created_at;           // absent on a put: now
  std::optional<Timestamp> updated_at;           // absent on a put: created_at
  JsonMembers unknown_members;                   // members that Coffer does not know

  bool operator==(const Prompt&) const = default;
};

}  // namespace coffer
