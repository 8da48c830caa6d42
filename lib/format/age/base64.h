// Base64 with padding (RFC 4648 section 4), whole or in pieces.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "coffer/result.h"

namespace coffer::format {

// Appends the encoding of `bytes`. In a stream every piece except the last must have a multiple of three bytes.
void AppendBase64(std::string_view bytes, std::string& out);
// Appends the decoded bytes. kInvalidArgument: the message has the offset of the first fault. Whitespace and missing padding
// are faults; `out` is then unchanged.
Status DecodeBase64(std::string_view text, std::string& out);

// Decodes a text in pieces of any length. After a failure the object can only be destroyed.
class Base64Decoder {
 public:
  Status Append(std::string_view text, std::string& out);
  // Decodes the end of the text.
  Status Finish(std::string& out);

 private:
  std::uint64_t offset_ = 0;  // of held_ in the text
  std::string held_;          // up to four characters, because only the last four may be padded
};

}  // namespace coffer::format
