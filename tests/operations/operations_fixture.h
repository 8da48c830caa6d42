// Shared by the tests of operations: an engine in a folder of its own, input files, and a store's whole state as text.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/engine.h"
#include "coffer/import.h"
#include "coffer/operation.h"
#include "format/zstd/compression.h"
#include "support/failing_file_system.h"
#include "support/status_matchers.h"
#include "support/temp_directory.h"

namespace coffer::operations {

inline void WriteBytes(const std::string& path, std::string_view bytes) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  ASSERT_TRUE(file.good()) << path;
}

inline std::string ReadBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline std::string Compress(std::string_view bytes) {
  std::string packed;
  format::ZstdCompressor zstd(3, 0, [&](std::string_view piece) {
    packed += piece;
    return Status::Ok();
  });
  EXPECT_OK(zstd.Write(bytes));
  EXPECT_OK(zstd.Finish());
  return packed;
}

inline std::string Decompress(std::string_view packed) {
  format::ZstdDecompressor zstd([&](char* buffer, std::size_t length) -> Result<std::size_t> {
    const std::size_t count = packed.copy(buffer, length);
    packed.remove_prefix(count);
    return count;
  });
  std::string bytes;
  char piece[65536];
  for (;;) {
    Result<std::size_t> got = zstd.Read(piece, sizeof piece);
    EXPECT_OK(got);
    if (!got.ok() || *got == 0) return bytes;
    bytes.append(piece, *got);
  }
}

// Bytes from memory, a few at a time.
class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string bytes, std::size_t step = 7) : bytes_(std::move(bytes)), step_(step) {}
  Result<std::size_t> Read(char* buffer, std::size_t length) override {
    const std::size_t count = bytes_.copy(buffer, std::min(length, step_), offset_);
    offset_ += count;
    return count;
  }

 private:
  std::string bytes_;
  std::size_t step_;
  std::size_t offset_ = 0;
};

inline std::string ContentOf(Engine& engine, std::string_view document_id) {
  Result<ContentReader> reader = engine.OpenContent(document_id);
  if (!reader.ok()) return "(" + reader.status().ToString() + ")";
  std::string bytes(static_cast<std::size_t>(reader->size_bytes()), '\0');
  Result<std::size_t> got = reader->Read(std::span<char>(bytes.data(), bytes.size()));
  EXPECT_OK(got);
  return bytes;
}

// Every record with its messages and content, one per line.
inline std::string WholeState(Engine& engine) {
  std::string state;
  for (Kind kind : {Kind::kConversation, Kind::kDocument, Kind::kPrompt}) {
    ListOptions options;
    do {
      Result<Page<std::string>> page = engine.ListJson(kind, options);
      EXPECT_OK(page);
      if (!page.ok()) return state;
      for (const std::string& json : page->items) {
        const std::string id = json.substr(7, json.find('"', 7) - 7);  // {"id":"…
        state += kind == Kind::kConversation ? engine.GetConversationJson(id, true).value() : json;
        if (kind == Kind::kDocument) state += " " + ContentOf(engine, id);
        state += "\n";
      }
      options.after = page->next;
    } while (!options.after.empty());
  }
  return state;
}

inline std::vector<OperationInfo> AllOperations(Engine& engine) {
  OperationListOptions options;
  options.limit = kOperationsRememberedMax + kOperationsPendingMax;
  Result<Page<OperationInfo>> page = ListOperations(engine, options);
  EXPECT_OK(page);
  return page.ok() ? std::move(page->items) : std::vector<OperationInfo>();
}

class OperationsTest : public ::testing::Test {
 protected:
  OperationsTest() = default;
  explicit OperationsTest(const std::filesystem::path& parent) : directory_(parent) {}
  void SetUp() override { Open(); }

  // Opens on files that can be made to fail.
  void OpenOverFailingFiles(OpenOptions options = {}) {
    options.file_system = &files_;
    Open(options);
  }

  void Open(OpenOptions options = {}) {
    engine_.reset();
    Result<std::unique_ptr<Engine>> opened = Engine::Open(store_path(), options);
    ASSERT_OK(opened);
    engine_ = std::move(*opened);
  }
  Engine& engine() { return *engine_; }
  std::string store_path() const { return directory_.File("store"); }

  // A few records of every kind, with texts that end in `mark`.
  void PutSome(const std::string& mark, int conversations = 5) {
    for (int i = 0; i < conversations; ++i) {
      const std::string number = std::to_string(i);
      Conversation conversation;
      conversation.id = "c" + number;
      conversation.user_id = "owner" + std::to_string(i % 2);
      conversation.title = "title " + mark;
      std::vector<Message> messages(static_cast<std::size_t>(i));
      for (std::size_t m = 0; m < messages.size(); ++m) {
        messages[m].id = "m" + std::to_string(m);
        messages[m].content = "\"quoted\"\n\x01 \xF0\x9F\x98\x80 " + mark;
      }
      ASSERT_OK(engine().PutConversationWithMessages(conversation, messages));
    }
    Prompt prompt;
    prompt.id = "p1";
    prompt.owner_id = "owner0";
    prompt.name = "name";
    prompt.content = "content " + mark;
    ASSERT_OK(engine().PutPrompt(prompt));
    PutDocument("d1", "bytes of " + mark);
    PutDocument("d2", std::string(std::size_t{2} << 20, 'x') + mark);
    Document bare;
    bare.id = "d3";
    bare.owner_id = "owner1";
    bare.filename = "nothing.txt";
    ASSERT_OK(engine().PutDocument(bare));
  }

  void PutDocument(const std::string& id, std::string_view content) {
    Document document;
    document.id = id;
    document.owner_id = "owner0";
    document.filename = id + ".txt";
    Result<ContentWriter> writer = engine().NewContent();
    ASSERT_OK(writer);
    ASSERT_OK(writer->Append(content));
    ASSERT_OK(engine().PutDocument(document, std::move(*writer)));
  }

  TempDirectory directory_;
  FailingFileSystem files_{PosixFileSystem()};  // outlives the engine
  std::unique_ptr<Engine> engine_;
};

}  // namespace coffer::operations
