#include "texts.h"

#include <cstring>
#include <utility>

#include "coffer/status.h"
#include "coffer/version.h"

namespace coffer::c {

std::unique_ptr<coffer_string> NewString(std::string text) {
  return std::make_unique<coffer_string>(coffer_string{std::move(text)});
}

std::unique_ptr<coffer_page> NewPage(Page<std::string> page) {
  return std::make_unique<coffer_page>(coffer_page{std::move(page)});
}

std::unique_ptr<coffer_page> NewPage(std::vector<std::string> items) {
  return NewPage(Page<std::string>{std::move(items), {}});
}

}  // namespace coffer::c

using coffer::c::NoText;
using coffer::c::Out;

// The names are literals, so they end with a 0 byte.
const char* coffer_status_name(coffer_status status) {
  if (status < COFFER_OK || status > COFFER_INTERNAL) return "unknown";
  return coffer::StatusCodeName(static_cast<coffer::StatusCode>(status)).data();
}

const char* coffer_version(void) { return coffer::Version().data(); }

coffer_text coffer_text_of(const char* string) {
  if (string == nullptr) return {nullptr, 0};
  return {string, std::strlen(string)};
}

void coffer_string_free(coffer_string* string) { delete string; }

coffer_text coffer_string_text(const coffer_string* string) { return string == nullptr ? NoText() : Out(string->text); }

void coffer_page_free(coffer_page* page) { delete page; }

size_t coffer_page_count(const coffer_page* page) { return page == nullptr ? 0 : page->page.items.size(); }

coffer_text coffer_page_item(const coffer_page* page, size_t index) {
  return index < coffer_page_count(page) ? Out(page->page.items[index]) : NoText();
}

coffer_text coffer_page_next(const coffer_page* page) { return page == nullptr ? NoText() : Out(page->page.next); }
