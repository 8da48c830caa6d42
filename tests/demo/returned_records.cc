#include "returned_records.h"

#include <coffer/coffer.h>
#include <openssl/evp.h>

#include <functional>
#include <stdexcept>
#include <string_view>

#include "given_records.h"

namespace coffer::demo {
namespace {

template <typename T>
T Need(Result<T> result, std::string_view what) {
  if (!result.ok()) throw std::runtime_error(std::string(what) + ": " + result.status().ToString());
  return std::move(*result);
}

void ForEachRecord(Engine& engine, Kind kind, const std::function<void(Json)>& visit) {
  ListOptions options;
  options.limit = 500;
  do {
    const Page<std::string> page = Need(engine.ListJson(kind, options), "listing");
    for (const std::string& item : page.items) visit(Json::parse(item));
    options.after = page.next;
  } while (!options.after.empty());
}

std::string ReadContent(Engine& engine, const std::string& id) {
  ContentReader reader = Need(engine.OpenContent(id), "content of " + id);
  std::string content(reader.size_bytes(), '\0');
  std::size_t read = 0;
  while (read < content.size()) {
    const std::size_t piece = Need(reader.Read(std::span(content).subspan(read)), "content of " + id);
    if (piece == 0) throw std::runtime_error("content of " + id + " ends early");
    read += piece;
  }
  return content;
}

std::string DecodeBase64(const std::string& text) {
  std::string bytes(text.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (length < 0 || text.size() % 4 != 0) throw std::runtime_error("content_base64 is not base64");
  // OpenSSL counts the padding as bytes.
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(length) - padding);
  return bytes;
}

}  // namespace

void CompareStore(const std::string& data_folder, GivenRecords& given) {
  OpenOptions options;
  options.read_only = true;
  const auto engine = Need(Engine::Open(data_folder, options), "opening " + data_folder);
  ForEachRecord(*engine, Kind::kConversation, [&](const Json& record) {
    const std::string id = record.at("id");
    given.CompareConversation(Json::parse(Need(engine->GetConversationJson(id, true), id)));
  });
  ForEachRecord(*engine, Kind::kPrompt, [&](const Json& record) { given.ComparePrompt(record); });
  ForEachRecord(*engine, Kind::kDocument,
                [&](const Json& record) { given.CompareDocument(record, ReadContent(*engine, record.at("id"))); });
}

// The callback drops each record after its comparison, so that only one is in memory.
void CompareExport(const std::string& file, GivenRecords& given) {
  std::string section;
  const auto on_event = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth == 1 && event == Json::parse_event_t::key) section = parsed.get<std::string>();
    if (depth != 2 || event != Json::parse_event_t::object_end) return true;
    if (section == "conversations") given.CompareConversation(parsed);
    if (section == "prompts") given.ComparePrompt(parsed);
    if (section == "documents") given.CompareDocument(parsed, DecodeBase64(parsed.at("content_base64")));
    return false;
  };
  const Json rest = Json::parse(ReadPlain(file), on_event);
  if (!rest.contains("counts")) throw std::runtime_error(file + ": ends without its counts");
}

}  // namespace coffer::demo
