// SQL literals that SQLite and PostgreSQL read alike, whatever text they stand for.
#pragma once

#include <string>
#include <string_view>

namespace coffer::format {

// A literal that is `text`. False: SQL cannot carry it, since it has U+0000, or a CR LF beside every character that could stand for
// one; the literal is then its base64. A CR before an LF does not stand in the script: sqlite3's shell drops it there.
bool AppendSqlText(std::string_view text, std::string& out);

// A canonical JSON value as a literal: a string as its text, true and false as such, everything else as text: numbers keep their
// digits that way. An empty view is NULL. False as above. `scratch` is overwritten.
bool AppendSqlValue(std::string_view canonical, std::string& scratch, std::string& out);

// "name", its quotes doubled.
void AppendSqlName(std::string_view name, std::string& out);

}  // namespace coffer::format
