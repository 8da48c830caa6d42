// Base64 with padding (RFC 4648 section 4), in pieces.
#pragma once

#include <string>
#include <string_view>

#include "coffer/result.h"

namespace coffer::format {

// Appends the encoding of `bytes`. For a stream give pieces of a multiple of three bytes, the last one apart.
void AppendBase64(std::string_view bytes, std::string& out);
// Appends the decoded bytes. kInvalidArgument names the first bad place. Blanks and missing padding are refused.
Status DecodeBase64(std::string_view text, std::string& out);

}  // namespace coffer::format
