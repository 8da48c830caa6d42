// Base64 with padding (RFC 4648 section 4), in pieces.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "coffer/result.h"

namespace coffer::format {

// Appends the encoding of `bytes`. For a stream give pieces of a multiple of three bytes, the last one apart.
void AppendBase64(std::string_view bytes, std::string& out);
// Appends the decoded bytes. kInvalidArgument names the first bad place. Blanks and missing padding are refused.
Status DecodeBase64(std::string_view text, std::string& out);

// The same for a text that comes in pieces of any length. After a failure it only takes its destruction.
class Base64Decoder {
 public:
  Status Append(std::string_view text, std::string& out);
  // The text ends here.
  Status Finish(std::string& out);

 private:
  std::uint64_t offset_ = 0;  // of what is held
  std::string held_;          // up to four characters, since the last four alone may be padded
};

}  // namespace coffer::format
