#include "corpus.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "corpus_source.h"
#include "require.h"

namespace coffer::bench {
namespace {

constexpr std::string_view kCrockfordDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kUlidTimeDigits = 10;
constexpr std::size_t kUlidRandomDigits = 16;

std::string UlidFrom(std::int64_t time_us, std::uint64_t random_high, std::uint64_t random_low) {
  std::string ulid(kUlidTimeDigits + kUlidRandomDigits, '0');
  auto time_ms = static_cast<std::uint64_t>(time_us) / 1000;
  for (std::size_t digit = kUlidTimeDigits; digit-- > 0; time_ms >>= 5) ulid[digit] = kCrockfordDigits[time_ms & 31];
  for (std::size_t digit = 0; digit < kUlidRandomDigits; ++digit) {
    std::uint64_t& source = digit < kUlidRandomDigits / 2 ? random_high : random_low;
    ulid[kUlidTimeDigits + digit] = kCrockfordDigits[source & 31];
    source >>= 5;
  }
  return ulid;
}

std::string UuidFrom(std::uint64_t high, std::uint64_t low) {
  constexpr std::uint64_t kVersion4 = 0x4000;
  constexpr std::uint64_t kVariant1 = 0x8000'0000'0000'0000;
  high = (high & ~std::uint64_t{0xf000}) | kVersion4;
  low = (low >> 2) | kVariant1;
  char text[37];
  std::snprintf(text, sizeof text, "%08x-%04x-%04x-%04x-%012llx", static_cast<unsigned>(high >> 32),
                static_cast<unsigned>(high >> 16 & 0xffff), static_cast<unsigned>(high & 0xffff),
                static_cast<unsigned>(low >> 48), static_cast<unsigned long long>(low & 0xffff'ffff'ffff));
  return text;
}

}  // namespace

CorpusCopies::CorpusCopies(const Corpus& corpus, std::size_t copies, IdForm id_form)
    : corpus_(corpus), copies_(copies), id_form_(id_form) {
  Require(copies > 0, "copies of the corpus", "must be at least one");
}

Conversation CorpusCopies::At(std::size_t position) const {
  const auto& originals = corpus_.conversations();
  const std::size_t slot = position / copies_;
  const std::size_t copy = position % copies_;
  const std::size_t rotation = copy * originals.size() / copies_;
  Conversation conversation = originals[(slot + originals.size() - rotation) % originals.size()];

  const std::int64_t time_us = SlotTime(slot, copy);
  const std::int64_t shift_us = time_us - MicrosecondsFromTimestamp(conversation.created_at);
  const auto shifted = [shift_us](std::string_view timestamp) {
    return TimestampFromMicroseconds(MicrosecondsFromTimestamp(timestamp) + shift_us);
  };
  conversation.id = RemappedId(conversation.id, copy, time_us);
  conversation.created_at = TimestampFromMicroseconds(time_us);
  conversation.updated_at = shifted(conversation.updated_at);
  for (Message& message : conversation.messages) {
    message.created_at = shifted(message.created_at);
    message.id = RemappedId(message.id, copy, MicrosecondsFromTimestamp(message.created_at));
  }
  return conversation;
}

std::int64_t CorpusCopies::SlotTime(std::size_t slot, std::size_t copy) const {
  const auto& originals = corpus_.conversations();
  const std::int64_t begin_us = MicrosecondsFromTimestamp(originals[slot].created_at);
  constexpr std::int64_t kLastGapUs = 60'000'000;
  const std::int64_t end_us =
      slot + 1 < originals.size() ? MicrosecondsFromTimestamp(originals[slot + 1].created_at) : begin_us + kLastGapUs;
  return begin_us + (end_us - begin_us) * static_cast<std::int64_t>(copy) / static_cast<std::int64_t>(copies_);
}

std::string CorpusCopies::RemappedId(std::string_view original, std::size_t copy, std::int64_t time_us) const {
  if (id_form_ == IdForm::kUlid && copy == 0) return std::string(original);
  const XXH128_hash_t random = XXH3_128bits_withSeed(original.data(), original.size(), copy);
  return id_form_ == IdForm::kUlid ? UlidFrom(time_us, random.high64, random.low64) : UuidFrom(random.high64, random.low64);
}

}  // namespace coffer::bench
