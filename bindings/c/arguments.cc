#include "arguments.h"

#include <algorithm>

namespace coffer::c {

std::string_view View(coffer_text text, const char* name) {
  if (text.length == 0) return {};
  if (text.length > COFFER_TEXT_BYTES_MAX) {
    Refuse(std::string(name) + ": longer than COFFER_TEXT_BYTES_MAX (" + std::to_string(COFFER_TEXT_BYTES_MAX) + " bytes)");
  }
  CheckSpan(text.data, text.length, name);
  return {text.data, text.length};
}

std::string Text(coffer_text text, const char* name) { return std::string(View(text, name)); }

std::vector<std::string> Texts(const coffer_text* texts, std::size_t count, const char* name) {
  if (count > kTextsMax) Refuse(std::string(name) + ": more than " + std::to_string(kTextsMax));
  CheckSpan(texts, count, name);
  std::vector<std::string> copies;
  copies.reserve(count);
  for (std::size_t i = 0; i < count; ++i) copies.push_back(Text(texts[i], name));
  return copies;
}

void CheckSpan(const void* data, std::size_t length, const char* name) {
  if (data == nullptr && length != 0) Refuse(std::string(name) + ": NULL with a length of " + std::to_string(length));
  if (length > PTRDIFF_MAX) Refuse(std::string(name) + ": length " + std::to_string(length) + " is too large");
}

std::optional<Timestamp> Time(coffer_text text, const char* name) {
  const std::string_view view = View(text, name);
  if (view.empty()) return std::nullopt;
  Result<Timestamp> time = ParseTimestamp(view);
  if (!time.ok()) throw Failure{time.status().WithContext(name)};
  return *time;
}

StartOptions Start(coffer_text principal) { return {.principal = Text(principal, "principal")}; }

Kind KindOf(coffer_kind kind) { return ValueOf(kind, kAllKinds, COFFER_CONVERSATION, "kind"); }

PutMode PutModeOf(coffer_put_mode mode) {
  static constexpr std::array kModes = {PutMode::kUpsert, PutMode::kInsert, PutMode::kUpdate, PutMode::kKeepExisting,
                                        PutMode::kNewest};
  return ValueOf(mode, kModes, COFFER_UPSERT, "mode");
}

Durability DurabilityOf(coffer_durability durability) {
  static constexpr std::array kDurabilities = {Durability::kDurable, Durability::kBuffered};
  return ValueOf(durability, kDurabilities, COFFER_DURABLE, "durability");
}

PutMode ConflictOf(coffer_conflict_policy policy, PutMode otherwise) {
  static constexpr std::array kPolicies = {PutMode::kKeepExisting, PutMode::kUpsert, PutMode::kNewest, PutMode::kInsert};
  return policy == 0 ? otherwise : ValueOf(policy, kPolicies, COFFER_CONFLICT_SKIP, "conflict policy");
}

std::size_t Limit(std::uint64_t limit, std::size_t otherwise) { return limit == 0 ? otherwise : limit; }

void ReadStruct(const void* given, std::size_t size, std::size_t known, void* copy) {
  if (size < known || size > kStructBytesMax) Refuse("options: unknown struct_size " + std::to_string(size));
  std::memcpy(copy, given, known);
  const auto* bytes = static_cast<const unsigned char*>(given);
  if (std::any_of(bytes + known, bytes + size, [](unsigned char byte) { return byte != 0; })) {
    throw Failure{Status::Unavailable("options: a member is set that this version does not know")};
  }
}

}  // namespace coffer::c
