// Family: the partitions of the two stores. Ids are stored and frozen; a new one takes the next free number of its store.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace coffer::storage {

// The number in its store, and above it which store: those of control/ begin at 64. Only the number is on disk.
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
  kAudit = 66,
  kLedger = 67,
  kTokens = 68,
};

inline constexpr std::size_t kFamiliesOfStoreMax = 16;

constexpr std::size_t NumberOf(Family family) { return static_cast<std::size_t>(family) % 64; }
// 0: the live store; 1: control/.
constexpr unsigned StoreOf(Family family) { return static_cast<unsigned>(family) / 64; }

struct FamilyName {
  Family family;
  std::string_view name;
};

// The one table of families, by store and in the order of their numbers; the names are those on disk.
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
inline constexpr std::array<FamilyName, 5> kControlFamilies = {{
    {Family::kOperations, "operations"},
    {Family::kBackups, "backups"},
    {Family::kAudit, "audit"},
    {Family::kLedger, "ledger"},
    {Family::kTokens, "tokens"},
}};
static_assert(kFamilies.size() <= kFamiliesOfStoreMax && kControlFamilies.size() <= kFamiliesOfStoreMax);

}  // namespace coffer::storage
