// XML 1.0 in the form of exports: a member is an element with its name; attributes have what XML cannot represent otherwise.
#pragma once

#include <string>
#include <string_view>

namespace coffer::format {

// Whether XML 1.0 can represent the text: it has no U+FFFE, no U+FFFF, and nothing below U+0020 except tab, LF and CR. `text`
// must be valid UTF-8.
bool IsXmlText(std::string_view text);

// Whether every reader accepts the name as an element name: ASCII, Latin, Greek, Cyrillic, Hebrew, Arabic, kana, CJK and Hangul
// letters that are in both editions of XML 1.0 in use (the 4th in expat, the 5th in libxml2), digits, '_', '-' and '.'. No
// colon, because it would mark a namespace.
bool IsXmlName(std::string_view name);

// Appends character data that reads back as `text`. A CR is escaped, because a reader would turn it into LF. IsXmlText(text)
// must be true.
void AppendXmlText(std::string_view text, std::string& out);
// The same for the value of an attribute, without its quotes.
void AppendXmlAttribute(std::string_view text, std::string& out);

// Appends a member as an element: `<title>…</title>`, `<total_tokens type="number">1</total_tokens>`, `<x nil="true"/>`.
// Lists and objects are JSON text with type="json". A text that XML cannot represent has encoding="base64". A name that is not
// an XML name is the attribute `name` of <member>, with name_encoding="base64" if XML cannot represent it. `name_literal` is a
// JSON string literal, `canonical` a canonical value. `scratch` is overwritten.
void AppendXmlMember(std::string_view name_literal, std::string_view canonical, std::string& scratch, std::string& out);

}  // namespace coffer::format
