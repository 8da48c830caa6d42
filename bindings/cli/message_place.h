// MessagePlace: how the command line names a message, CONVERSATION/SEQUENCE.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "coffer/result.h"

namespace coffer::cli {

struct MessagePlace {
  std::string conversation_id;
  std::uint64_t sequence_number = 0;
};

// kInvalidArgument: no '/', or no whole number after it.
Result<MessagePlace> ParseMessagePlace(std::string_view text);

}  // namespace coffer::cli
