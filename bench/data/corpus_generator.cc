#include <algorithm>
#include <cmath>
#include <random>

#include "corpus_source.h"

namespace coffer::bench {
namespace {

constexpr std::size_t kConversations = 33'290;
constexpr std::size_t kOwners = 200;
constexpr std::size_t kVocabularyWords = 20'000;
constexpr std::int64_t kFirstTimeUs = 1'732'233'600'000'000;  // 2024-11-22
constexpr std::int64_t kMeanGapUs = 1'894'000'000;            // two years divided by the number of conversations
constexpr std::size_t kMessageBytesMax = 24'653;
constexpr std::size_t kConversationMessagesMax = 168;

// The standard library's distributions differ between implementations; these do not.
class Random {
 public:
  double Unit() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  std::size_t Below(std::size_t limit) { return static_cast<std::size_t>(Unit() * static_cast<double>(limit)); }
  double LogNormal(double median, double spread) {
    const double normal = std::sqrt(-2 * std::log(1 - Unit())) * std::cos(6.283185307179586 * Unit());
    return median * std::exp(spread * normal);
  }
  // A rank below `limit`; rank r occurs about 1/(r+1) as often as rank 0.
  std::size_t Zipf(std::size_t limit) {
    return std::min(limit - 1, static_cast<std::size_t>(std::pow(static_cast<double>(limit + 1), Unit()) - 1));
  }
  std::string Ulid(std::int64_t time_us) {
    static constexpr char kDigits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    std::string ulid(26, '0');
    auto time_ms = static_cast<std::uint64_t>(time_us) / 1000;
    for (std::size_t digit = 10; digit-- > 0; time_ms >>= 5) ulid[digit] = kDigits[time_ms & 31];
    for (std::size_t digit = 10; digit < ulid.size(); ++digit) ulid[digit] = kDigits[engine_() & 31];
    return ulid;
  }

 private:
  std::mt19937_64 engine_{20241122};
};

std::vector<std::string> MakeVocabulary(Random& random) {
  static constexpr std::string_view kLatin[] = {"a", "e", "i", "o", "an", "er", "in", "th", "re", "st", "ou", "ing"};
  static constexpr std::string_view kHan[] = {"我", "的", "是", "不", "了", "你", "有", "在", "心", "感", "觉", "想"};
  static constexpr std::string_view kOther[] = {"ש", "ל", "ו", "é", "ü", "ж", "и", "ό", "ç", "ñ", "🙂", "ß"};
  std::vector<std::string> vocabulary(kVocabularyWords);
  for (std::string& word : vocabulary) {
    const double script = random.Unit();
    const auto& parts = script < 0.65 ? kLatin : script < 0.95 ? kHan : kOther;
    for (std::size_t part = 1 + random.Below(3); part > 0; --part) word += parts[random.Below(std::size(parts))];
  }
  return vocabulary;
}

std::string MakeText(Random& random, const std::vector<std::string>& vocabulary, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) {
    if (!text.empty()) text += random.Below(40) == 0 ? '\n' : ' ';
    text += vocabulary[random.Zipf(vocabulary.size())];
  }
  return text;
}

std::size_t MessagesInConversation(Random& random) {
  if (random.Unit() < 0.55) return 2;
  return std::clamp<std::size_t>(static_cast<std::size_t>(random.LogNormal(8, 0.7)), 3, kConversationMessagesMax);
}

}  // namespace

Corpus CorpusGenerator::Generate() {
  Corpus corpus;
  corpus.generated_ = true;
  Corpus::TextArena& texts = *corpus.texts_;
  Random random;
  const std::vector<std::string> vocabulary = MakeVocabulary(random);
  std::vector<std::string_view> owners(kOwners);
  for (std::string_view& owner : owners) owner = texts.Keep(random.Ulid(kFirstTimeUs));

  std::int64_t time_us = kFirstTimeUs;
  const auto make_message = [&](std::size_t place, std::int64_t message_time_us) {
    const auto bytes = static_cast<std::size_t>(random.LogNormal(120, 1.17));
    return Message{.id = random.Ulid(message_time_us),
                   .role = place % 2 == 0 ? "user" : "assistant",
                   .content = texts.Keep(MakeText(random, vocabulary, std::clamp<std::size_t>(bytes, 1, kMessageBytesMax))),
                   .sequence_number = place,
                   .created_at = TimestampFromMicroseconds(message_time_us)};
  };
  for (std::size_t i = 0; i < kConversations; ++i) {
    time_us += 20'000 - static_cast<std::int64_t>(static_cast<double>(kMeanGapUs) * std::log(1 - random.Unit()));
    Conversation conversation{.id = random.Ulid(time_us),
                              .user_id = owners[random.Zipf(kOwners)],
                              .title = texts.Keep(MakeText(random, vocabulary, 40)),
                              .status = random.Unit() < 0.85 ? "active" : "archived",
                              .created_at = TimestampFromMicroseconds(time_us),
                              .updated_at = {},
                              .tags = R"(["generated"])",
                              .extra_metadata = R"({"source":"generated"})",
                              .messages = {}};
    std::int64_t message_time_us = time_us;
    const std::size_t messages = MessagesInConversation(random);
    for (std::size_t place = 0; place < messages; ++place) {
      conversation.messages.push_back(make_message(place, message_time_us));
      message_time_us += 1'000'000 + static_cast<std::int64_t>(random.Below(90'000'000));
    }
    conversation.updated_at = conversation.messages.back().created_at;
    corpus.message_count_ += conversation.messages.size();
    constexpr std::size_t kConversationFrameBytes = 220;
    constexpr std::size_t kMessageFrameBytes = 130;
    corpus.conversation_json_bytes_ += kConversationFrameBytes + conversation.title.size();
    for (const Message& message : conversation.messages) {
      corpus.conversation_json_bytes_ += kMessageFrameBytes + message.content.size();
    }
    corpus.conversations_.push_back(std::move(conversation));
  }
  return corpus;
}

}  // namespace coffer::bench
