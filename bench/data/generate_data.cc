// Writes the generated corpus, with prompts and documents made of its texts, as the files and folders of the development data
// set: conversations.ndjson, prompts.ndjson, documents/documents.ndjson and documents/contents/….
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "corpus.h"
#include "require.h"

namespace coffer::bench {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::size_t kPrompts = 2'854;
constexpr std::size_t kDocuments = 1'616;

void WriteLine(std::ofstream& lines, const Json& record) { lines << record.dump() << '\n'; }

Json ToJson(const Conversation& conversation) {
  Json messages = Json::array();
  for (const Message& message : conversation.messages) {
    messages.push_back({{"id", message.id},
                        {"role", message.role},
                        {"content", message.content},
                        {"sequence_number", message.sequence_number},
                        {"created_at", message.created_at}});
  }
  return {{"id", conversation.id},
          {"user_id", conversation.user_id},
          {"title", conversation.title},
          {"status", conversation.status},
          {"created_at", conversation.created_at},
          {"updated_at", conversation.updated_at},
          {"tags", Json::parse(conversation.tags)},
          {"extra_metadata", Json::parse(conversation.extra_metadata)},
          {"messages", std::move(messages)}};
}

Json ToPrompt(const Conversation& source) {
  return {{"id", source.id},
          {"owner_id", source.user_id},
          {"name", source.title},
          {"content", source.messages.front().content},
          {"category", "custom"},
          {"created_at", source.created_at},
          {"is_public", source.messages.size() > 4}};
}

// Text, and every eighth binary: all 256 byte values in a pattern of its own.
std::string MakeContent(const Conversation& source, std::size_t number) {
  std::string content;
  for (const Message& message : source.messages) content.append(message.content).append("\n\n");
  if (number % 8 != 0) return content;
  std::string bytes(1 + (number * 7'919) % 400'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>((i * (number + 1) + i / 251) & 0xff);
  return bytes;
}

Json WriteDocument(const Conversation& source, std::size_t number, const fs::path& contents) {
  const bool binary = number % 8 == 0;
  const std::string filename = std::string(binary ? "binary/" : "text/") + std::to_string(number) + (binary ? ".bin" : ".md");
  std::ofstream file(contents / filename, std::ios::binary);
  file << MakeContent(source, number);
  file.close();
  Require(!file.fail(), "cannot write", filename);
  return {{"id", source.id},
          {"owner_id", source.user_id},
          {"filename", filename},
          {"mime_type", binary ? "application/octet-stream" : "text/markdown"},
          {"title", source.title},
          {"status", "processed"},
          {"created_at", source.created_at}};
}

void Write(const fs::path& folder) {
  const Corpus corpus = Corpus::Load(folder / "nothing");
  const fs::path contents = folder / "documents" / "contents";
  fs::create_directories(contents / "binary");
  fs::create_directories(contents / "text");
  std::ofstream conversations(folder / "conversations.ndjson");
  std::ofstream prompts(folder / "prompts.ndjson");
  std::ofstream documents(folder / "documents" / "documents.ndjson");
  for (const Conversation& conversation : corpus.conversations()) WriteLine(conversations, ToJson(conversation));
  for (std::size_t i = 0; i < kPrompts; ++i) WriteLine(prompts, ToPrompt(corpus.conversations()[i * 11]));
  for (std::size_t i = 0; i < kDocuments; ++i) {
    WriteLine(documents, WriteDocument(corpus.conversations()[i * 20], i, contents));
  }
  for (std::ofstream* file : {&conversations, &prompts, &documents}) {
    file->close();
    Require(!file->fail(), "cannot write below", folder.native());
  }
}

}  // namespace
}  // namespace coffer::bench

int main(int argument_count, char** arguments) {
  coffer::bench::Require(argument_count == 2, "usage", "generate_data FOLDER");
  coffer::bench::Write(arguments[1]);
}
