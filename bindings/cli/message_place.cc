#include "message_place.h"

#include <charconv>
#include <system_error>

namespace coffer::cli {

Result<MessagePlace> ParseMessagePlace(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  MessagePlace place;
  if (slash != std::string_view::npos && slash > 0) {
    place.conversation_id = text.substr(0, slash);
    const char* const end = text.data() + text.size();
    const auto [behind, error] = std::from_chars(text.data() + slash + 1, end, place.sequence_number);
    if (error == std::errc() && behind == end) return place;
  }
  return Status::InvalidArgument("'" + std::string(text) + "' does not name a message: expected CONVERSATION/SEQUENCE");
}

}  // namespace coffer::cli
