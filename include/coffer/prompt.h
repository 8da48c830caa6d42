// Prompt: a reusable prompt, plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "coffer/json.h"
#include "coffer/timestamp.h"
#include "coffer/visibility.h"

namespace coffer {

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

struct Prompt {
  std::string id;        // empty on a put: the engine makes a ULID
  std::string owner_id;  // required
  std::string name;      // 1..255 characters; required
  std::optional<std::string> description;
  PromptType prompt_type = PromptType::kTemplate;
  PromptCategory category = PromptCategory::kGeneral;
  std::string content;  // not empty; required
  std::optional<std::vector<std::string>> variables;
  TemplateFormat template_format = TemplateFormat::kFString;
  std::optional<Json> input_schema;   // an object
  std::optional<Json> output_schema;  // an object
  std::optional<Json> examples;       // an array or an object
  std::uint64_t version = 1;          // above 0
  bool is_latest = true;
  bool is_public = false;
  std::optional<JsonNumber> rating;  // 0..5
  std::uint64_t usage_count = 0;
  std::optional<std::vector<std::string>> tags;
  std::optional<Json> extra_metadata;   // an object
  std::optional<Timestamp> created_at;  // absent on a put: now
  std::optional<Timestamp> updated_at;  // absent on a put: created_at
  JsonMembers unknown_members;

  bool operator==(const Prompt&) const = default;
};

}  // namespace coffer
