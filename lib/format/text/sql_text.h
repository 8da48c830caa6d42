// SQL literals that SQLite and PostgreSQL read alike for every text.
#pragma once

#include <string>
#include <string_view>

namespace coffer::format {

// Appends a literal for `text`. Returns false and appends the base64 of `text` if SQL cannot represent it: it has U+0000, or it
// has CR LF and also every character that could replace CR LF. The script never has a CR before an LF, because sqlite3's shell
// drops such a CR.
bool AppendSqlText(std::string_view text, std::string& out);

// Appends a literal for a canonical JSON value: a string as its text, true and false as booleans, null as NULL, everything else
// as text, so that numbers keep their digits. An empty view is NULL. Returns false as above. `scratch` is overwritten.
bool AppendSqlValue(std::string_view canonical, std::string& scratch, std::string& out);

// Appends "name" with its quotes doubled.
void AppendSqlName(std::string_view name, std::string& out);

}  // namespace coffer::format
