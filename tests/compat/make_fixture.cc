// Makes the files of a released format: tests/compat/fixtures/v<n>. Run once per version, and never again for a released one.
//
//   make_fixture FOLDER
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "coffer/backup.h"
#include "coffer/engine.h"
#include "coffer/export.h"
#include "coffer/random_source.h"
#include "coffer/record_json.h"
#include "compat/whole_state.h"
#include "support/manual_clock.h"

namespace coffer {
namespace {

constexpr std::int64_t kStart = std::int64_t{1'767'607'200} * 1'000'000;  // 2026-01-05T10:00:00Z

void Require(const Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

template <typename T>
T Take(Result<T> result) {
  Require(result.status());
  return std::move(*result);
}

Conversation Talk(const std::string& id, const std::string& owner) {
  return Take(ParseConversation(R"({"id":")" + id + R"(","user_id":")" + owner +
                                R"(","title":"About \u00fc","status":"archived","temperature":0.70,"tags":["a","b"],)" +
                                R"("extra_metadata":{"k":[1,null]},"total_cost":1E-400,"mood":null,"more":{"x":1e0}})"));
}

std::vector<Message> Messages(std::size_t count, std::size_t bytes) {
  std::vector<Message> messages(count);
  for (std::size_t i = 0; i < count; ++i) {
    messages[i].id = "m" + std::to_string(i);
    messages[i].role = i % 2 == 0 ? Role::kUser : Role::kAssistant;
    messages[i].content = "text " + std::to_string(i) + " \x01\n" + std::string(bytes, 'x');
  }
  return messages;
}

void PutDocument(Engine& engine, const std::string& id, std::size_t bytes) {
  Document document;
  document.id = id;
  document.owner_id = "ada";
  document.filename = id + ".md";
  ContentWriter content = Take(engine.NewContent());
  Require(content.Append(std::string(bytes, 'c')));
  Take(engine.PutDocument(document, std::move(content)));
}

void Fill(Engine& engine, ManualClock& clock) {
  Take(engine.PutConversationWithMessages(Talk("c-dense", "ada"), Messages(5, 10)));
  Take(engine.PutConversationWithMessages(Talk("c-long", "ada"), Messages(300, 500)));  // several rows
  Take(engine.PutConversation(Talk("c-empty", "ben")));
  Take(engine.PutConversationWithMessages(Talk("c-changed", "ben"), Messages(5, 10)));
  Require(engine.DeleteMessage("c-changed", 2));
  Take(engine.AppendMessage("c-changed", Messages(1, 3).front()));
  clock.Advance(ManualClock::kMicrosecondsPerDay);
  Take(engine.PutConversationWithMessages(Talk("c-gone", "cleo"), Messages(3, 10)));
  Require(engine.Delete(Kind::kConversation, "c-gone"));
  PutDocument(engine, "d-empty", 0);
  PutDocument(engine, "d-chunks", (std::size_t{2} << 20) + 7);
  Document bare;
  bare.id = "d-bare";
  bare.owner_id = "ben";
  bare.filename = "bare.pdf";
  Take(engine.PutDocument(bare));
  Take(engine.PutPrompt(Take(ParsePrompt(
      R"({"id":"p1","owner_id":"ada","name":"n","content":"Say {{x}}","variables":["x"],"template_format":"jinja2","rating":4.50})"))));
}

void Write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  Require(file.flush().good() ? Status::Ok() : Status::IoError(path.string()));
}

void Make(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  ManualClock clock(kStart);
  const std::unique_ptr<RandomSource> random = SeededRandom(1);
  OpenOptions options;
  options.clock = &clock;
  options.random = random.get();
  const std::unique_ptr<Engine> engine = Take(Engine::Open((folder / "store").string(), options));
  Fill(*engine, clock);
  Write(folder / "backed_up.txt", WholeState(*engine));
  Take(RunBackup(*engine));
  Require(engine->Delete(Kind::kConversation, "c-dense"));  // in the log when the store is closed
  Write(folder / "state.txt", WholeState(*engine));
  ExportOptions exported;
  exported.output = (folder / "export.json").string();
  exported.compress = false;
  exported.include_contents = false;
  Take(RunExport(*engine, exported));
  Require(engine->Close());
}

}  // namespace
}  // namespace coffer

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_fixture FOLDER\n");
    return 2;
  }
  coffer::Make(argv[1]);
  return 0;
}
