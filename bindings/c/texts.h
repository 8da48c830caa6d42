// coffer_string and coffer_page: texts that go out.
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

// With a 0 behind its last byte, as all that goes out.
inline coffer_text Out(const std::string& text) { return {text.c_str(), text.size()}; }
inline coffer_text NoText() { return {"", 0}; }

}  // namespace coffer::c
