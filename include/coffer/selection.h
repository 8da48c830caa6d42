// Selection: which records a listing, an export or a bulk delete touches.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "coffer/kind.h"
#include "coffer/timestamp.h"

namespace coffer {

// All conditions that are set must hold. Times are those of created_at, half-open: [created_from, created_before).
struct Selection {
  Kind kind = Kind::kConversation;  // conversation, document or prompt
  std::string owner;                // empty: everybody's
  std::optional<Timestamp> created_from;
  std::optional<Timestamp> created_before;
  // A status name of the kind ("active", "processed"); empty: any. Prompts have none: kInvalidArgument.
  std::string status;
  // At most so many records; 0: no limit.
  std::size_t limit = 0;
};

}  // namespace coffer
