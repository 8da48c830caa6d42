// Checks of the arguments that C callers pass, done before anything reads them. A bad argument throws a Failure with
// kInvalidArgument.
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
#include "coffer/batch.h"
#include "coffer/c.h"
#include "coffer/import.h"
#include "coffer/kind.h"
#include "coffer/operation.h"
#include "coffer/options.h"
#include "coffer/timestamp.h"

namespace coffer::c {

// No version has a larger options struct.
inline constexpr std::size_t kStructBytesMax = 4096;
inline constexpr std::size_t kTextsMax = 1'000'000;

std::string_view View(coffer_text text, const char* name);
std::string Text(coffer_text text, const char* name);
std::vector<std::string> Texts(const coffer_text* texts, std::size_t count, const char* name);
// `length` is a count of bytes or elements. Refuses a null `data` with a length above 0.
void CheckSpan(const void* data, std::size_t length, const char* name);
// Absent if the text is empty.
std::optional<Timestamp> Time(coffer_text text, const char* name);
StartOptions Start(coffer_text principal);

Kind KindOf(coffer_kind kind);
PutMode PutModeOf(coffer_put_mode mode);
Durability DurabilityOf(coffer_durability durability);
// `otherwise` if `policy` is 0.
PutMode ConflictOf(coffer_conflict_policy policy, PutMode otherwise);
// `otherwise` if `limit` is 0.
std::size_t Limit(std::uint64_t limit, std::size_t otherwise);

// Refuses NULL.
template <typename Handle>
Handle& Given(Handle* handle, const char* name) {
  if (handle == nullptr) Refuse(std::string(name) + " is NULL");
  return *handle;
}

// The value of `number` in a table whose first value has the number `first`.
template <typename Value, std::size_t kCount>
Value ValueOf(std::int32_t number, const std::array<Value, kCount>& values, std::int32_t first, const char* name) {
  if (number < first || number >= first + static_cast<std::int32_t>(kCount)) {
    Refuse(std::string(name) + ": " + std::to_string(number) + " is not a valid value");
  }
  return values[static_cast<std::size_t>(number - first)];
}

// Copies the caller's struct. `size` is the size that the caller gave, `known` the size in this version.
// kUnavailable: a byte beyond `known` is not 0.
void ReadStruct(const void* given, std::size_t size, std::size_t known, void* copy);

// No struct has grown since 0.1, so the smallest accepted size is the present one.
template <typename Options>
Options ReadOptions(const Options* given) {
  Options options = {};
  if (given != nullptr) ReadStruct(given, given->struct_size, sizeof(Options), &options);
  return options;
}

// Writes `values` to the caller's struct and keeps its struct_size.
template <typename Struct>
void FillStruct(Struct* out, Struct values, const char* name) {
  const std::size_t size = Given(out, name).struct_size;
  if (size < sizeof(Struct) || size > kStructBytesMax) {
    Refuse(std::string(name) + ": unknown struct_size " + std::to_string(size));
  }
  values.struct_size = size;
  std::memcpy(out, &values, sizeof(Struct));
}

}  // namespace coffer::c
