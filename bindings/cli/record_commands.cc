// `coffer get` and `coffer list`.
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "coffer/limits.h"
#include "message_place.h"
#include "output.h"
#include "session.h"

namespace coffer::cli {
namespace {

struct GetRequest {
  std::string kind;
  std::string id;
  bool no_messages = false;
  std::string content_out;
};

struct ListRequest {
  std::string kind;
  ListOptions options;
};

Result<std::string> ReadRecord(Engine& engine, const GetRequest& request, Kind kind) {
  switch (kind) {
    case Kind::kConversation:
      return engine.GetConversationJson(request.id, !request.no_messages);
    case Kind::kDocument:
      return engine.GetDocumentJson(request.id);
    case Kind::kPrompt:
      return engine.GetPromptJson(request.id);
    case Kind::kMessage: {
      const auto place = ParseMessagePlace(request.id);
      if (!place.ok()) return place.status();
      return engine.GetMessageJson(place->conversation_id, place->sequence_number);
    }
    case Kind::kContent:
      break;
  }
  return Status::InvalidArgument("a content is read with `get document ID --content-out FILE`");
}

Status CopyContent(ContentReader& reader, std::ofstream& file, const std::string& path) {
  std::string piece(kContentChunkBytes, '\0');
  for (;;) {
    const auto read = reader.Read(piece);
    if (!read.ok()) return read.status();
    if (*read == 0) break;
    file.write(piece.data(), static_cast<std::streamsize>(*read));
  }
  file.close();
  if (!file) return Status::IoError(path + ": could not be written");
  return Status::Ok();
}

// Written beside and renamed: under its name the file is whole or not there.
Status WriteContent(Engine& engine, const std::string& id, const std::string& path) {
  auto reader = engine.OpenContent(id);
  if (!reader.ok()) return reader.status();
  const std::string temporary_path = path + ".part-" + std::to_string(getpid());
  std::ofstream file(temporary_path, std::ios::binary | std::ios::trunc);
  if (!file) return Status::IoError(temporary_path + ": could not be created");
  Status status = CopyContent(*reader, file, path);
  std::error_code error;
  if (status.ok()) {
    std::filesystem::rename(temporary_path, path, error);
    if (error) status = Status::IoError(path + ": " + error.message());
  }
  if (!status.ok()) std::filesystem::remove(temporary_path, error);
  return status;
}

// A record is JSON in either mode; its bytes are those stored.
ExitStatus Get(Engine& engine, const GetRequest& request, bool json) {
  const auto record = ReadRecord(engine, request, *ParseKind(request.kind));
  if (!record.ok()) return Fail(record.status(), json);
  if (!request.content_out.empty()) {
    const Status written = WriteContent(engine, request.id, request.content_out);
    if (!written.ok()) return Fail(written, json);
  }
  PrintLine(*record);
  return ExitStatus::kDone;
}

ExitStatus List(Engine& engine, const ListRequest& request, bool json) {
  const auto page = engine.ListJson(*ParseKind(request.kind), request.options);
  if (!page.ok()) return Fail(page.status(), json);
  if (!json) {
    for (const std::string& item : page->items) PrintLine(item);
    if (!page->next.empty()) PrintMessage("there are more: --after " + page->next);
    return ExitStatus::kDone;
  }
  // The records are spliced in as they are: digits of numbers must not pass through a double.
  std::string answer = R"({"items":[)";
  for (const std::string& item : page->items) {
    if (answer.back() != '[') answer += ',';
    answer += item;
  }
  PrintLine(answer + R"(],"next":)" + ToText(json::OrNull(page->next)) + "}");
  return ExitStatus::kDone;
}

}  // namespace

void AddGetCommand(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("get", "Print one record as JSON");
  auto request = std::make_shared<GetRequest>();
  command->add_option("KIND", request->kind, "conversation, message, document or prompt")
      ->required()
      ->check(
          ServedWords({"conversation", "message", "document", "prompt", "conversations", "messages", "documents", "prompts"}));
  command->add_option("ID", request->id, "The record's id; a message's is CONVERSATION/SEQUENCE")->required();
  command->add_flag("--no-messages", request->no_messages, "A conversation without its messages");
  command->add_option("--content-out", request->content_out, "Write a document's content to this file")->type_name("FILE");
  command->callback([request, &session] {
    if (!request->content_out.empty() && ParseKind(request->kind) != Kind::kDocument) {
      throw CLI::ValidationError("--content-out", "only documents have a content");
    }
    session.run = [request, &session] {
      return WithEngine(session, Access::kReads, [&](Engine& engine) { return Get(engine, *request, session.json); });
    };
  });
}

void AddListCommand(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("list", "Print records, conversations without their messages");
  auto request = std::make_shared<ListRequest>();
  command->add_option("KIND", request->kind, "conversation, document or prompt")
      ->required()
      ->check(ServedWords({"conversation", "document", "prompt", "conversations", "documents", "prompts"}));
  command->add_option("--owner", request->options.owner, "Only this owner's, in the order of their creation")->type_name("ID");
  command->add_option("--limit", request->options.limit, "At most so many (100)")
      ->check(CLI::Range(std::size_t{1}, kPageItemsMax));
  command->add_option("--after", request->options.after, "Go on where the page before ended")->type_name("CURSOR");
  command->callback([request, &session] {
    session.run = [request, &session] {
      return WithEngine(session, Access::kReads, [&](Engine& engine) { return List(engine, *request, session.json); });
    };
  });
}

}  // namespace coffer::cli
