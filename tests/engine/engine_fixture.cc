#include "engine/engine_fixture.h"

#include <algorithm>

namespace coffer {
namespace {

// Removes a derived member from a conversation's text, or the place from a message's.
std::string Without(std::string text, std::string_view member) {
  const std::size_t begin = text.find(",\"" + std::string(member) + "\":");
  if (begin == std::string::npos) return text;
  std::size_t end = begin + member.size() + 4;
  if (text[end] == '"') {
    end = text.find('"', end + 1) + 1;
  } else {
    end = text.find_first_of(",}", end);
  }
  return text.erase(begin, end - begin);
}

std::vector<std::string> AllJson(Engine& engine, Kind kind, const Snapshot* snapshot) {
  std::vector<std::string> texts;
  ListOptions options;
  options.snapshot = snapshot;
  options.limit = 500;
  do {
    Result<Page<std::string>> page = engine.ListJson(kind, options);
    EXPECT_OK(page);
    if (!page.ok()) return texts;
    std::move(page->items.begin(), page->items.end(), std::back_inserter(texts));
    options.after = page->next;
  } while (!options.after.empty());
  return texts;
}

class Counter {
 public:
  void Count(Kind kind, const std::string& owner, std::uint64_t bytes) {
    const std::string name(KindNamePlural(kind));
    if (kind == Kind::kContent) {
      ++figures_.contents;
    } else {
      ++figures_.records_by_kind[name];
    }
    figures_.bytes_by_kind[name] += bytes;
    figures_.bytes_by_owner[owner] += bytes;
  }
  Figures& figures() { return figures_; }

 private:
  Figures figures_;
};

}  // namespace

ContentWriter WriteContent(Engine& engine, std::string_view bytes, std::size_t piece_bytes) {
  Result<ContentWriter> writer = engine.NewContent();
  EXPECT_OK(writer);
  while (!bytes.empty()) {
    EXPECT_OK(writer->Append(bytes.substr(0, piece_bytes)));
    bytes.remove_prefix(std::min(piece_bytes, bytes.size()));
  }
  return *std::move(writer);
}

std::string ReadRest(ContentReader& reader, std::size_t buffer_bytes) {
  std::string bytes;
  std::string buffer(buffer_bytes, '\0');
  while (true) {
    const Result<std::size_t> read = reader.Read(buffer);
    EXPECT_OK(read);
    if (!read.ok() || *read == 0) return bytes;
    bytes.append(buffer, 0, *read);
  }
}

std::string ContentOf(Engine& engine, std::string_view document_id, const ReadOptions& options) {
  Result<ContentReader> reader = engine.OpenContent(document_id, options);
  if (!reader.ok()) {
    EXPECT_CODE(reader, kNotFound);
    return "(none)";
  }
  std::string bytes = ReadRest(*reader);
  EXPECT_EQ(bytes.size(), reader->size_bytes());
  return bytes;
}

Dump DumpOf(Engine& engine, const Snapshot* snapshot) {
  Dump dump;
  const ReadOptions read{snapshot};
  for (const std::string& text : AllJson(engine, Kind::kConversation, snapshot)) {
    const Result<Conversation> conversation = ParseConversation(text);
    EXPECT_OK(conversation);
    const Result<std::string> full = engine.GetConversationJson(conversation->id, true, read);
    EXPECT_OK(full);
    dump["conversation " + conversation->id] = full.ok() ? *full : std::string();
  }
  for (const std::string& text : AllJson(engine, Kind::kDocument, snapshot)) {
    const Result<Document> document = ParseDocument(text);
    EXPECT_OK(document);
    dump["document " + document->id] = text;
    dump["content " + document->id] = ContentOf(engine, document->id, read);
  }
  for (const std::string& text : AllJson(engine, Kind::kPrompt, snapshot)) {
    const Result<Prompt> prompt = ParsePrompt(text);
    EXPECT_OK(prompt);
    dump["prompt " + prompt->id] = text;
  }
  return dump;
}

std::string DifferenceOf(const Dump& left, const Dump& right) {
  constexpr std::size_t kShownMax = 5;
  constexpr std::size_t kContextBytes = 200;
  std::string text;
  std::size_t shown = 0;
  const auto show = [&](const std::string& name, const std::string& a, const std::string& b) {
    if (++shown > kShownMax) return;
    std::size_t at = 0;
    while (at < a.size() && at < b.size() && a[at] == b[at]) ++at;
    const std::size_t from = at > kContextBytes / 2 ? at - kContextBytes / 2 : 0;
    const auto part = [&](const std::string& whole) {
      return from < whole.size() ? whole.substr(from, kContextBytes) : "(end)";
    };
    text += name + " at byte " + std::to_string(at) + ":\n  " + part(a) + "\n  " + part(b) + "\n";
  };
  for (const auto& [name, value] : left) {
    const auto other = right.find(name);
    if (other == right.end() || other->second != value) show(name, value, other == right.end() ? "(missing)" : other->second);
  }
  for (const auto& [name, value] : right) {
    if (!left.contains(name)) show(name, "(missing)", value);
  }
  return text;
}

Figures Recount(Engine& engine) {
  Counter counter;
  for (Kind kind : kAllKinds) {
    counter.figures().bytes_by_kind[std::string(KindNamePlural(kind))] = 0;
    if (kind != Kind::kContent) counter.figures().records_by_kind[std::string(KindNamePlural(kind))] = 0;
  }
  for (const std::string& text : AllJson(engine, Kind::kConversation, nullptr)) {
    const Result<Conversation> conversation = ParseConversation(text);
    EXPECT_OK(conversation);
    counter.Count(Kind::kConversation, conversation->user_id,
                  Without(Without(text, "message_count"), "last_message_at").size());
    MessageListOptions options;
    while (true) {
      const Result<Page<Message>> page = engine.ListMessages(conversation->id, options);
      EXPECT_OK(page);
      for (const Message& message : page->items) {
        const Result<std::string> json = engine.GetMessageJson(conversation->id, *message.sequence_number);
        EXPECT_OK(json);
        counter.Count(Kind::kMessage, conversation->user_id,
                      Without(Without(*json, "conversation_id"), "sequence_number").size());
      }
      if (page->next.empty()) break;
      options.from_sequence = std::stoull(page->next);
    }
  }
  for (const std::string& text : AllJson(engine, Kind::kDocument, nullptr)) {
    const Result<Document> document = ParseDocument(text);
    EXPECT_OK(document);
    counter.Count(Kind::kDocument, document->owner_id, text.size());
    const Result<ContentReader> content = engine.OpenContent(document->id);
    if (content.ok()) counter.Count(Kind::kContent, document->owner_id, content->size_bytes());
  }
  for (const std::string& text : AllJson(engine, Kind::kPrompt, nullptr)) {
    const Result<Prompt> prompt = ParsePrompt(text);
    EXPECT_OK(prompt);
    counter.Count(Kind::kPrompt, prompt->owner_id, text.size());
  }
  return std::move(counter.figures());
}

std::string FindingsOf(const IntegrityReport& report) {
  std::string lines;
  for (const IntegrityFinding& finding : report.findings)
    lines.append(finding.object).append(": ").append(finding.problem).append("\n");
  return lines;
}

void ExpectHealthy(Engine& engine) {
  const Result<IntegrityReport> report = engine.CheckIntegrity();
  ASSERT_OK(report);
  EXPECT_TRUE(report->ok) << FindingsOf(*report);
  const Result<StorageStatistics> statistics = engine.Statistics();
  ASSERT_OK(statistics);
  const Figures figures = Recount(engine);
  EXPECT_EQ(statistics->records_by_kind, figures.records_by_kind);
  EXPECT_EQ(statistics->logical_bytes_by_kind, figures.bytes_by_kind);
  EXPECT_EQ(statistics->logical_bytes_by_owner, figures.bytes_by_owner);
  EXPECT_EQ(statistics->total_contents, figures.contents);
  std::uint64_t records = 0;
  for (const auto& [kind, count] : figures.records_by_kind) records += count;
  EXPECT_EQ(statistics->total_records, records);
}

std::string EngineTest::MessagesOf(const std::string& conversation_id, const Snapshot* snapshot) {
  MessageListOptions options;
  options.snapshot = snapshot;
  options.limit = 10'000;
  const Result<Page<Message>> page = engine_->ListMessages(conversation_id, options);
  EXPECT_OK(page);
  std::string text;
  if (!page.ok()) return text;
  for (const Message& message : page->items) text += std::to_string(*message.sequence_number) + ":" + message.content + " ";
  return text;
}

}  // namespace coffer
