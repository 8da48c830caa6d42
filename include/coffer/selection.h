// Selection: the records that a bulk delete covers.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "coffer/kind.h"
#include "coffer/timestamp.h"

namespace coffer {

// A record must satisfy every condition that is set. A plain value.
struct Selection {
  Kind kind = Kind::kConversation;                         // conversation, document or prompt
  std::string owner = {};                                  // empty: all owners
  std::optional<Timestamp> created_from = std::nullopt;    // created_at at or after this time
  std::optional<Timestamp> created_before = std::nullopt;  // created_at before this time
  // The name of a status of the kind, such as "active" or "processed"; empty: any. Prompts have no status: kInvalidArgument.
  std::string status = {};
  // Records at most; 0: no limit.
  std::size_t limit = 0;
};

}  // namespace coffer
