// Family: the partitions of the two stores. Numbers and names are on disk and never change; a new family takes the next number
// of its store that no family, live or retired, ever had.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace coffer::storage {

// Number in its store + 64 * store. Only the number is on disk.
enum class Family : std::uint8_t {
  kConversations = 0,
  kMessages = 1,
  kDocuments = 2,
  kContents = 3,
  kPrompts = 4,
  kByOwner = 5,
  kCounters = 6,
  kProgress = 7,

  kOperations = 64,
  kBackups = 65,
  // 66 is retired.
  kLedger = 67,
  kTokens = 68,
};

inline constexpr std::size_t kFamiliesOfStoreMax = 16;

constexpr std::size_t NumberOf(Family family) { return static_cast<std::size_t>(family) % 64; }
// 0: the live store; 1: control/.
constexpr unsigned StoreOf(Family family) { return static_cast<unsigned>(family) / 64; }
constexpr Family FamilyOf(unsigned store, std::size_t number) { return static_cast<Family>(store * 64 + number); }

struct FamilyName {
  Family family;
  std::string_view name;
};

// The families of each store, in the order of their numbers.
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
inline constexpr std::array<FamilyName, 4> kControlFamilies = {{
    {Family::kOperations, "operations"},
    {Family::kBackups, "backups"},
    {Family::kLedger, "ledger"},
    {Family::kTokens, "tokens"},
}};
static_assert(kFamilies.size() <= kFamiliesOfStoreMax && kControlFamilies.size() <= kFamiliesOfStoreMax);

// Families of earlier versions, by their numbers. They hold nothing that is still needed: opening for writing drops them.
inline constexpr std::array<FamilyName, 1> kRetiredFamilies = {{
    {FamilyOf(1, 2), "audit"},
}};

}  // namespace coffer::storage
