#include "format/records/enum_names.h"

#include <array>
#include <cstddef>

namespace coffer::format {
namespace {

// Each table is indexed by the enumeration's values.
constexpr std::array<std::string_view, 3> kConversationStatusNames = {"active", "archived", "deleted"};
constexpr std::array<std::string_view, 4> kRoleNames = {"user", "assistant", "system", "tool"};
constexpr std::array<std::string_view, 12> kDocumentTypeNames = {"pdf", "text", "markdown", "html", "doc", "docx",
                                                                 "rtf", "odt",  "csv",      "json", "xml", "other"};
constexpr std::array<std::string_view, 5> kDocumentStatusNames = {"pending", "processing", "processed", "failed", "archived"};
constexpr std::array<std::string_view, 5> kPromptTypeNames = {"system", "user", "assistant", "chain", "template"};
constexpr std::array<std::string_view, 8> kPromptCategoryNames = {"general",     "creative", "analytical", "technical",
                                                                  "educational", "business", "coding",     "custom"};
constexpr std::array<std::string_view, 3> kTemplateFormatNames = {"f-string", "jinja2", "mustache"};

template <typename Enum, std::size_t N>
std::string_view NameIn(const std::array<std::string_view, N>& names, Enum value) {
  const auto index = static_cast<std::size_t>(value);
  return index < N ? names[index] : std::string_view();
}

template <typename Enum, std::size_t N>
bool FindIn(const std::array<std::string_view, N>& names, std::string_view name, Enum& value) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] != name) continue;
    value = static_cast<Enum>(i);
    return true;
  }
  return false;
}

}  // namespace

std::string_view EnumName(ConversationStatus value) { return NameIn(kConversationStatusNames, value); }
std::string_view EnumName(Role value) { return NameIn(kRoleNames, value); }
std::string_view EnumName(DocumentType value) { return NameIn(kDocumentTypeNames, value); }
std::string_view EnumName(DocumentStatus value) { return NameIn(kDocumentStatusNames, value); }
std::string_view EnumName(PromptType value) { return NameIn(kPromptTypeNames, value); }
std::string_view EnumName(PromptCategory value) { return NameIn(kPromptCategoryNames, value); }
std::string_view EnumName(TemplateFormat value) { return NameIn(kTemplateFormatNames, value); }

bool ParseEnum(std::string_view name, ConversationStatus& value) { return FindIn(kConversationStatusNames, name, value); }
bool ParseEnum(std::string_view name, Role& value) { return FindIn(kRoleNames, name, value); }
bool ParseEnum(std::string_view name, DocumentType& value) { return FindIn(kDocumentTypeNames, name, value); }
bool ParseEnum(std::string_view name, DocumentStatus& value) { return FindIn(kDocumentStatusNames, name, value); }
bool ParseEnum(std::string_view name, PromptType& value) { return FindIn(kPromptTypeNames, name, value); }
bool ParseEnum(std::string_view name, PromptCategory& value) { return FindIn(kPromptCategoryNames, name, value); }
bool ParseEnum(std::string_view name, TemplateFormat& value) { return FindIn(kTemplateFormatNames, name, value); }

}  // namespace coffer::format
