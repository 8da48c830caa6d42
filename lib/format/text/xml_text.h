// XML 1.0 as exports write it: a member is an element of its name, and what XML cannot say is said in attributes.
#pragma once

#include <string>
#include <string_view>

namespace coffer::format {

// Whether XML 1.0 can carry the text: U+0000 to U+001F but tab, LF and CR it cannot, nor U+FFFE and U+FFFF. Valid UTF-8 is given.
bool IsXmlText(std::string_view text);

// A name that every reader takes for an element's: letters of ASCII, Latin, Greek, Cyrillic, Hebrew, Arabic, kana, CJK and Hangul
// that both editions of XML 1.0 in use (the 4th of expat, the 5th of libxml2) have, digits, '_', '-', '.'; no colon, which
// would be a namespace's.
bool IsXmlName(std::string_view name);

// Character data that reads back as `text`, CR too, which a reader would turn into LF. IsXmlText is given.
void AppendXmlText(std::string_view text, std::string& out);
// The same between the quotes of an attribute.
void AppendXmlAttribute(std::string_view text, std::string& out);

// A member as an element: `<title>…</title>`, `<total_tokens type="number">1</total_tokens>`, `<x nil="true"/>`. Lists and objects
// are JSON text of type="json", a text that XML cannot carry has encoding="base64". A name that is no XML name is an attribute of
// <member>, if need be with name_encoding="base64". `name`: as JSON literal; `canonical`: a value. `scratch` is overwritten.
void AppendXmlMember(std::string_view name_literal, std::string_view canonical, std::string& scratch, std::string& out);

}  // namespace coffer::format
