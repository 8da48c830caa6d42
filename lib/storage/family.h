// Family: the partitions of a store. Ids are stored and frozen; a new one takes the next free number.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace coffer::storage {

enum class Family : std::uint8_t {
  kConversations = 0,
  kMessages = 1,
  kDocuments = 2,
  kContents = 3,
  kPrompts = 4,
  kByOwner = 5,
  kCounters = 6,
  kProgress = 7,
};

struct FamilyName {
  Family family;
  std::string_view name;
};

// The one table of families; the names are those on disk.
inline constexpr std::array<FamilyName, 8> kFamilies = {{
    {Family::kConversations, "conversations"},
    {Family::kMessages, "messages"},
    {Family::kDocuments, "documents"},
    {Family::kContents, "contents"},
    {Family::kPrompts, "prompts"},
    {Family::kByOwner, "by_owner"},
    {Family::kCounters, "counters"},
    {Family::kProgress, "progress"},
}};

}  // namespace coffer::storage
