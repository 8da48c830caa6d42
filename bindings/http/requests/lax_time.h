// Times as Pydantic 2 reads them: RFC 3339 and its looser forms, a date alone, a Unix time as number or text.
#pragma once

#include <string>
#include <string_view>

#include "coffer/timestamp.h"

namespace coffer::http {

// A time or an error.
struct LaxTime {
  Timestamp time;
  std::string error;     // empty: `time` is good
  bool as_date = false;  // the error is that of Pydantic's date parser, which is tried last
};

// Without an offset the text is read as UTC.
LaxTime LaxTimeFromText(std::string_view text);
// Seconds since 1970, or milliseconds if the absolute value is above 2e10.
LaxTime LaxTimeFromNumber(double number);
LaxTime LaxTimeFromNumber(std::int64_t number);

}  // namespace coffer::http
