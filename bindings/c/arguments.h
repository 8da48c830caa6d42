// Arguments as they come from C, checked before anything reads them. All of these throw Failure (kInvalidArgument).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "call.h"
#include "coffer/c.h"
#include "coffer/batch.h"
#include "coffer/import.h"
#include "coffer/kind.h"
#include "coffer/operation.h"
#include "coffer/options.h"
#include "coffer/timestamp.h"

namespace coffer::c {

// A struct larger than this is none of ours, of whatever version.
inline constexpr std::size_t kStructBytesMax = 4096;
inline constexpr std::size_t kTextsMax = 1'000'000;

std::string_view View(coffer_text text, const char* name);
std::string Text(coffer_text text, const char* name);
std::vector<std::string> Texts(const coffer_text* texts, std::size_t count, const char* name);
// A count of bytes or elements at `data`.
void CheckSpan(const void* data, std::size_t length, const char* name);
// Empty: none.
std::optional<Timestamp> Time(coffer_text text, const char* name);
StartOptions Start(coffer_text principal);

Kind KindOf(coffer_kind kind);
PutMode PutModeOf(coffer_put_mode mode);
Durability DurabilityOf(coffer_durability durability);
PutMode ConflictOf(coffer_conflict_policy policy, PutMode otherwise);
// 0 asks for the default.
std::size_t Limit(std::uint64_t limit, std::size_t otherwise);

template <typename Handle>
Handle& Given(Handle* handle, const char* name) {
  if (handle == nullptr) Refuse(std::string(name) + " is NULL");
  return *handle;
}

// The value at `number` of a table whose first value has the number `first`.
template <typename Value, std::size_t kCount>
Value ValueOf(std::int32_t number, const std::array<Value, kCount>& values, std::int32_t first, const char* name) {
  if (number < first || number >= first + static_cast<std::int32_t>(kCount)) {
    Refuse(std::string(name) + ": " + std::to_string(number) + " is none");
  }
  return values[static_cast<std::size_t>(number - first)];
}

// A copy with what an older program left out at 0. `size` is what the program calls its struct, `known` what we do.
void ReadStruct(const void* given, std::size_t size, std::size_t known, void* copy);

// No struct has grown since 0.1: the smallest that is taken is today's.
template <typename Options>
Options ReadOptions(const Options* given) {
  Options options = {};
  if (given != nullptr) ReadStruct(given, given->struct_size, sizeof(Options), &options);
  return options;
}

// Writes as much of `values` as the caller's struct has room for, and leaves its struct_size.
template <typename Struct>
void FillStruct(Struct* out, Struct values, const char* name) {
  const std::size_t size = Given(out, name).struct_size;
  if (size < sizeof(Struct) || size > kStructBytesMax) Refuse(std::string(name) + ": struct_size is none");
  values.struct_size = size;
  std::memcpy(out, &values, sizeof(Struct));
}

}  // namespace coffer::c
