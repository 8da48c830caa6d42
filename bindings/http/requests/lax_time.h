// Times as Pydantic 2 reads them: RFC 3339 and its looser forms, a date alone, a Unix time as number or text.
#pragma once

#include <string>
#include <string_view>

#include "coffer/timestamp.h"

namespace coffer::http {

// A time, or why there is none.
struct LaxTime {
  Timestamp time;
  std::string error;     // empty: `time` is good
  bool as_date = false;  // the error is told by the reader of dates, which comes last
};

// Without an offset the text is read as UTC.
LaxTime LaxTimeFromText(std::string_view text);
// Seconds since 1970, or milliseconds where it is beyond 2e10 either way.
LaxTime LaxTimeFromNumber(double number);
LaxTime LaxTimeFromNumber(std::int64_t number);

}  // namespace coffer::http
