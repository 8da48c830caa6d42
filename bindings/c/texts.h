// coffer_string and coffer_page: texts that are returned to C.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/c.h"
#include "coffer/page.h"

struct coffer_string {
  std::string text;
};

struct coffer_page {
  coffer::Page<std::string> page;
};

namespace coffer::c {

std::unique_ptr<coffer_string> NewString(std::string text);
std::unique_ptr<coffer_page> NewPage(Page<std::string> page);
std::unique_ptr<coffer_page> NewPage(std::vector<std::string> items);

// Like every returned text, it has a 0 byte after its last byte.
inline coffer_text Out(const std::string& text) { return {text.c_str(), text.size()}; }
inline coffer_text NoText() { return {"", 0}; }

}  // namespace coffer::c
