#include "peers/coffer_peer.h"

#include <nlohmann/json.hpp>

#include "coffer/export.h"
#include "coffer/record_json.h"
#include "require.h"

namespace coffer::bench {
namespace {

template <typename T>
T Take(Result<T> result, std::string_view what) {
  Require(result.ok(), what, result.status().ToString());
  return std::move(*result);
}

void Check(const Status& status, std::string_view what) { Require(status.ok(), what, status.ToString()); }

Role RoleOf(std::string_view name) {
  if (name == "user") return Role::kUser;
  if (name == "assistant") return Role::kAssistant;
  if (name == "system") return Role::kSystem;
  Require(name == "tool", "role", name);
  return Role::kTool;
}

ConversationStatus StatusOf(std::string_view name) {
  if (name == "archived") return ConversationStatus::kArchived;
  return name == "deleted" ? ConversationStatus::kDeleted : ConversationStatus::kActive;
}

Timestamp TimeOf(std::string_view text) { return {MicrosecondsFromTimestamp(text)}; }

}  // namespace

HostConversation MakeHostConversation(const Conversation& given) {
  HostConversation host;
  coffer::Conversation& conversation = host.conversation;
  conversation.id = given.id;
  conversation.user_id = given.user_id;
  conversation.title = given.title;
  conversation.status = StatusOf(given.status);
  conversation.created_at = TimeOf(given.created_at);
  conversation.updated_at = TimeOf(given.updated_at);
  if (!given.tags.empty()) conversation.tags = nlohmann::json::parse(given.tags).get<std::vector<std::string>>();
  if (!given.extra_metadata.empty()) conversation.extra_metadata = Take(Json::Parse(given.extra_metadata), "extra_metadata");
  host.messages.reserve(given.messages.size());
  for (const Message& message : given.messages) {
    coffer::Message& made = host.messages.emplace_back();
    made.id = message.id;
    made.role = RoleOf(message.role);
    made.content = message.content;
    made.sequence_number = message.sequence_number;
    made.created_at = TimeOf(message.created_at);
  }
  return host;
}

std::string ConversationLine(const Conversation& given) {
  const HostConversation host = MakeHostConversation(given);
  std::string line = Take(ToJson(host.conversation), "conversation");
  line.pop_back();
  line += ",\"messages\":[";
  for (const coffer::Message& message : host.messages) {
    if (line.back() != '[') line += ',';
    line += Take(ToJson(message), "message");
  }
  return line + "]}";
}

CofferPeer::CofferPeer(const std::filesystem::path& directory)
    : engine_(Take(Engine::Open(directory.string()), "open")), writes_(std::make_unique<Batch>(*engine_)) {}

CofferPeer::~CofferPeer() {
  writes_.reset();
  Check(engine_->Close(), "close");
}

void CofferPeer::Ingest(std::span<const HostConversation> batch) {
  for (const HostConversation& host : batch) {
    Check(writes_->PutConversationWithMessages(host.conversation, host.messages, PutMode::kInsert), "put");
  }
  Take(engine_->Commit(*writes_), "commit");
}

std::size_t CofferPeer::Read(std::string_view id) {
  Result<std::string> text = engine_->GetConversationJson(id, true);
  return text.ok() ? text->size() : 0;
}

std::size_t CofferPeer::DeleteOwned(std::span<const OwnedId> batch) {
  Batch writes(*engine_);
  for (const OwnedId& owned : batch) Check(writes.Delete(Kind::kConversation, owned.id, owned.user_id), "delete");
  return Take(engine_->Commit(writes), "commit").size();
}

std::uint64_t CofferPeer::ExportJson(const std::filesystem::path& path) {
  ExportOptions options;
  options.output = path.string();
  return Take(coffer::RunExport(*engine_, options), "export").file_bytes;
}

void CofferPeer::Compact() { Take(engine_->Reclaim(), "reclaim"); }

std::uint64_t CofferPeer::size_bytes() { return Take(engine_->Statistics(), "statistics").database_bytes; }

}  // namespace coffer::bench
