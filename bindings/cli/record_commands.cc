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
  Kind kind = Kind::kConversation;
  std::string id;
  bool no_messages = false;
  std::string content_out;
};

struct ListRequest {
  Kind kind = Kind::kConversation;
  ListOptions options;
};

Result<std::string> ReadRecord(Engine& engine, const GetRequest& request) {
  switch (request.kind) {
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
  return Status::InvalidArgument("use `get document ID --content-out FILE` to read a content");
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
  if (!file) return Status::IoError(path + ": cannot be written");
  return Status::Ok();
}

// Writes a temporary file and renames it, so the file is complete or does not exist.
Status WriteContent(Engine& engine, const std::string& id, const std::string& path) {
  auto reader = engine.OpenContent(id);
  if (!reader.ok()) return reader.status();
  const std::string temporary_path = path + ".part-" + std::to_string(getpid());
  std::ofstream file(temporary_path, std::ios::binary | std::ios::trunc);
  if (!file) return Status::IoError(temporary_path + ": cannot be created");
  Status status = CopyContent(*reader, file, path);
  std::error_code error;
  if (status.ok()) {
    std::filesystem::rename(temporary_path, path, error);
    if (error) status = Status::IoError(path + ": " + error.message());
  }
  if (!status.ok()) std::filesystem::remove(temporary_path, error);
  return status;
}

// A record is printed as JSON with and without --json, with the stored bytes.
ExitStatus Get(Engine& engine, const GetRequest& request, bool json) {
  const auto record = ReadRecord(engine, request);
  if (!record.ok()) return Fail(record.status(), json);
  if (!request.content_out.empty()) {
    const Status written = WriteContent(engine, request.id, request.content_out);
    if (!written.ok()) return Fail(written, json);
  }
  PrintLine(*record);
  return ExitStatus::kDone;
}

ExitStatus List(Engine& engine, const ListRequest& request, bool json) {
  const auto page = engine.ListJson(request.kind, request.options);
  if (!page.ok()) return Fail(page.status(), json);
  if (!json) {
    for (const std::string& item : page->items) PrintLine(item);
    if (!page->next.empty()) PrintMessage("more records: --after " + page->next);
    return ExitStatus::kDone;
  }
  // Inserts the records unparsed, so the digits of numbers do not pass through a double.
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
  AddKind(*command, "KIND", request->kind, {Kind::kConversation, Kind::kMessage, Kind::kDocument, Kind::kPrompt},
          "conversation, message, document or prompt")
      ->required();
  command->add_option("ID", request->id, "The id of the record; for a message CONVERSATION/SEQUENCE")->required();
  command->add_flag("--no-messages", request->no_messages, "Print a conversation without its messages");
  command->add_option("--content-out", request->content_out, "Write the content of the document to this file")
      ->type_name("FILE");
  command->callback([request, &session] {
    if (!request->content_out.empty() && request->kind != Kind::kDocument) {
      throw CLI::ValidationError("--content-out", "only documents have content");
    }
    session.run = [request, &session] {
      return WithEngine(session, Access::kReads, [&](Engine& engine) { return Get(engine, *request, session.json); });
    };
  });
}

void AddListCommand(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("list", "Print records as JSON; conversations without their messages");
  auto request = std::make_shared<ListRequest>();
  AddKind(*command, "KIND", request->kind, {Kind::kConversation, Kind::kDocument, Kind::kPrompt},
          "conversation, document or prompt")
      ->required();
  command->add_option("--owner", request->options.owner, "Only records of this owner, in the order of creation")
      ->type_name("ID");
  command->add_option("--limit", request->options.limit, "Print at most this many records (100)")
      ->check(CLI::Range(std::size_t{1}, kPageItemsMax));
  command->add_option("--after", request->options.after, "Continue after the previous page")->type_name("CURSOR");
  command->callback([request, &session] {
    session.run = [request, &session] {
      return WithEngine(session, Access::kReads, [&](Engine& engine) { return List(engine, *request, session.json); });
    };
  });
}

}  // namespace coffer::cli
