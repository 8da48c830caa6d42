#include "corpus_source.h"

#include <simdjson.h>
#include <zstd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>

#include "require.h"

namespace coffer::bench {

Corpus::Corpus() : texts_(std::make_unique<TextArena>()) {}
Corpus::Corpus(Corpus&&) noexcept = default;
Corpus& Corpus::operator=(Corpus&&) noexcept = default;
Corpus::~Corpus() = default;

Corpus Corpus::Load(const std::filesystem::path& data_directory) {
  return std::filesystem::exists(data_directory / "conversations.ndjson.zst") ? CorpusReader::Read(data_directory)
                                                                              : CorpusGenerator::Generate();
}

std::string_view Corpus::TextArena::Keep(std::string_view text) {
  if (text.size() > free_bytes_) {
    const std::size_t chunk_bytes = std::max(kChunkBytes, text.size());
    chunks_.push_back(std::make_unique<char[]>(chunk_bytes));
    free_ = chunks_.back().get();
    free_bytes_ = chunk_bytes;
  }
  char* kept = free_;
  std::memcpy(kept, text.data(), text.size());
  free_ += text.size();
  free_bytes_ -= text.size();
  return {kept, text.size()};
}

std::int64_t MicrosecondsFromTimestamp(std::string_view timestamp) {
  constexpr std::size_t kTimestampBytes = 27;  // 2024-11-22T01:14:39.233666Z
  Require(timestamp.size() == kTimestampBytes, "timestamp without six digits and Z", timestamp);
  const auto number = [timestamp](std::size_t begin, std::size_t digits) {
    int value = 0;
    for (char digit : timestamp.substr(begin, digits)) value = value * 10 + (digit - '0');
    return value;
  };
  const std::chrono::sys_days day = std::chrono::year(number(0, 4)) / number(5, 2) / number(8, 2);
  const std::int64_t seconds = number(11, 2) * 3600 + number(14, 2) * 60 + number(17, 2);
  return (day.time_since_epoch().count() * std::int64_t{86'400} + seconds) * 1'000'000 + number(20, 6);
}

std::string TimestampFromMicroseconds(std::int64_t time_us) {
  const std::int64_t seconds = time_us / 1'000'000;
  const std::chrono::year_month_day day{std::chrono::sys_days{std::chrono::days{seconds / 86'400}}};
  const int second_of_day = static_cast<int>(seconds % 86'400);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()), second_of_day / 3600,
                second_of_day / 60 % 60, second_of_day % 60, static_cast<int>(time_us % 1'000'000));
  return text;
}

namespace {

using simdjson::dom::element;

std::string ReadZstd(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string packed{std::istreambuf_iterator<char>(file), {}};
  std::string text;
  std::string piece(ZSTD_DStreamOutSize(), '\0');
  ZSTD_DStream* stream = ZSTD_createDStream();
  ZSTD_inBuffer input{packed.data(), packed.size(), 0};
  std::size_t result = 1;
  while (input.pos < input.size) {
    ZSTD_outBuffer output{piece.data(), piece.size(), 0};
    result = ZSTD_decompressStream(stream, &output, &input);
    Require(!ZSTD_isError(result), "cannot decompress " + path.string(), ZSTD_getErrorName(result));
    text.append(piece.data(), output.pos);
  }
  ZSTD_freeDStream(stream);
  Require(result == 0, "truncated zstd file", path.string());
  return text;
}

void ForEachLine(const std::filesystem::path& path, const std::function<void(std::string_view, element)>& visit) {
  simdjson::dom::parser parser;
  const std::string text = ReadZstd(path);
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty()) continue;
    element record;
    const auto error = parser.parse(line.data(), line.size()).get(record);
    Require(!error, "bad JSON in " + path.string(), simdjson::error_message(error));
    visit(line, record);
  }
}

std::string_view TextMember(element record, const char* name) {
  std::string_view text;
  Require(!record[name].get(text), "record without the text member", name);
  return text;
}

std::string JsonMember(element record, const char* name, std::string_view otherwise) {
  element member;
  return record[name].get(member) ? std::string(otherwise) : simdjson::minify(member);
}

}  // namespace

Corpus CorpusReader::Read(const std::filesystem::path& data_directory) {
  Corpus corpus;
  Corpus::TextArena& texts = *corpus.texts_;
  const auto read_message = [&](element record) {
    Message message;
    message.id = TextMember(record, "id");
    message.role = texts.Keep(TextMember(record, "role"));
    message.content = texts.Keep(TextMember(record, "content"));
    message.sequence_number = record["sequence_number"].get_uint64().value();
    message.created_at = TextMember(record, "created_at");
    return message;
  };
  ForEachLine(data_directory / "conversations.ndjson.zst", [&](std::string_view line, element record) {
    Conversation conversation;
    conversation.id = TextMember(record, "id");
    conversation.user_id = texts.Keep(TextMember(record, "user_id"));
    conversation.title = texts.Keep(TextMember(record, "title"));
    conversation.status = texts.Keep(TextMember(record, "status"));
    conversation.created_at = TextMember(record, "created_at");
    conversation.updated_at = TextMember(record, "updated_at");
    conversation.tags = texts.Keep(JsonMember(record, "tags", "[]"));
    conversation.extra_metadata = texts.Keep(JsonMember(record, "extra_metadata", "{}"));
    simdjson::dom::array messages;
    Require(!record["messages"].get(messages), "conversation without messages", conversation.id);
    for (element message : messages) conversation.messages.push_back(read_message(message));
    corpus.message_count_ += conversation.messages.size();
    corpus.conversation_json_bytes_ += line.size() + 1;
    corpus.conversations_.push_back(std::move(conversation));
  });
  const auto read_plain = [&](const std::filesystem::path& path, std::vector<PlainRecord>& records) {
    if (!std::filesystem::exists(path)) return;
    ForEachLine(path, [&](std::string_view line, element record) {
      records.push_back({texts.Keep(TextMember(record, "id")), texts.Keep(TextMember(record, "owner_id")), texts.Keep(line)});
    });
  };
  read_plain(data_directory / "prompts.ndjson.zst", corpus.prompts_);
  read_plain(data_directory / "documents" / "documents.ndjson.zst", corpus.documents_);
  return corpus;
}

}  // namespace coffer::bench
