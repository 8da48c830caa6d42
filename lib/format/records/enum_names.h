// The names of public enumerators in records.
#pragma once

#include <string_view>

#include "coffer/conversation.h"
#include "coffer/document.h"
#include "coffer/prompt.h"

namespace coffer::format {

// Empty for a value without a name.
std::string_view EnumName(ConversationStatus value);
std::string_view EnumName(Role value);
std::string_view EnumName(DocumentType value);
std::string_view EnumName(DocumentStatus value);
std::string_view EnumName(PromptType value);
std::string_view EnumName(PromptCategory value);
std::string_view EnumName(TemplateFormat value);

// False if no value has this name; `value` is then unchanged.
bool ParseEnum(std::string_view name, ConversationStatus& value);
bool ParseEnum(std::string_view name, Role& value);
bool ParseEnum(std::string_view name, DocumentType& value);
bool ParseEnum(std::string_view name, DocumentStatus& value);
bool ParseEnum(std::string_view name, PromptType& value);
bool ParseEnum(std::string_view name, PromptCategory& value);
bool ParseEnum(std::string_view name, TemplateFormat& value);

}  // namespace coffer::format
