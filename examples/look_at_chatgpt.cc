// Imports a ChatGPT export, the whole ZIP or its conversations.json, and prints what is in it: look_at_chatgpt EXPORT. Without
// an argument it writes a small export and imports that.
#include <coffer/coffer.h>

#include <fstream>
#include <iostream>
#include <string>

namespace {

// A question with two answers: the user asked for a second one.
constexpr const char* kSmallExport = R"([{
  "id": "c1", "title": "A trip to Lisbon", "create_time": 1767225600.5, "update_time": 1767225700, "current_node": "n3",
  "mapping": {
    "n1": {"id": "n1", "parent": null, "children": ["n2", "n3"], "message": {"id": "m1", "author": {"role": "user"},
           "content": {"content_type": "text", "parts": ["What should I see in two days?"]}}},
    "n2": {"id": "n2", "parent": "n1", "children": [], "message": {"id": "m2", "author": {"role": "assistant"},
           "content": {"content_type": "text", "parts": ["The castle."]}}},
    "n3": {"id": "n3", "parent": "n1", "children": [], "message": {"id": "m3", "author": {"role": "assistant"},
           "content": {"content_type": "text", "parts": ["Start with Alfama, early in the morning."]}, "voice": "calm"}}}}])";

int Fail(const coffer::Status& status) {
  std::cerr << status.ToString() << '\n';
  return 1;
}

// Prints what was imported, what failed, and which fields were not imported exactly.
void PrintReport(const coffer::ImportReport& report) {
  std::cout << report.imported.conversations << " conversations, " << report.imported.messages << " messages, "
            << report.imported.documents << " files\n";
  for (const auto& error : report.errors) std::cout << error.file << ':' << error.line << ": " << error.reason << '\n';
  for (const auto& loss : report.losses) std::cout << loss.count << " x " << loss.field << ": " << loss.reason << '\n';
}

// Prints every conversation by time of creation, one page at a time. A branch names the conversation that it branched from.
coffer::Status PrintConversations(coffer::Engine& engine) {
  coffer::ListOptions options;
  options.owner = "me";
  do {
    const auto page = engine.ListConversations(options);
    if (!page.ok()) return page.status();
    for (const coffer::Conversation& conversation : page->items) {
      std::cout << coffer::FormatTimestamp(*conversation.created_at) << "  " << conversation.message_count << " messages  "
                << conversation.title;
      if (conversation.extra_metadata) std::cout << "  " << conversation.extra_metadata->text();
      std::cout << '\n';
    }
    options.after = page->next;
  } while (!options.after.empty());
  return coffer::Status::Ok();
}

}  // namespace

int main(int count, char** words) {
  std::string file = "conversations.json";
  if (count > 1) {
    file = words[1];
  } else {
    std::ofstream(file) << kSmallExport;
  }
  auto engine = coffer::Engine::Open("chatgpt-data");
  if (!engine.ok()) return Fail(engine.status());

  coffer::ImportOptions options;
  options.format = coffer::ImportFormat::kChatGpt;
  options.owner = "me";
  const auto report = coffer::RunImport(**engine, {file}, options);
  if (!report.ok()) return Fail(report.status());
  PrintReport(*report);
  if (auto status = PrintConversations(**engine); !status.ok()) return Fail(status);
  if (auto status = (*engine)->Close(); !status.ok()) return Fail(status);
  return report->failed == 0 && report->imported.conversations > 0 ? 0 : 1;
}
