#include "operations/import/chats/chatgpt_assets.h"

#include "format/json/canonical_object.h"
#include "format/json/json_text.h"
#include "operations/import/chats/chat.h"

namespace coffer::operations {
namespace {

std::string_view NameOfPath(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// The id in a file name: "file-abc" in "file-abc-photo.png", "file_00ff" in "file_00ff.dat"; empty for other names. After its
// prefix, an id has neither a dash nor a point.
std::string_view FileIdOf(std::string_view name) {
  constexpr std::size_t kPrefixBytes = 5;
  if (!name.starts_with("file-") && !name.starts_with("file_")) return {};
  const std::string_view id = name.substr(0, name.find_first_of("-.", kPrefixBytes));
  return id.size() > kPrefixBytes ? id : std::string_view();
}

// The part after the id: "photo.png" in "file-abc-photo.png".
std::string_view OwnNameOf(std::string_view name) {
  const std::string_view id = FileIdOf(name);
  const bool has_own = !id.empty() && name.size() > id.size() + 1 && name[id.size()] == '-';
  return has_own ? name.substr(id.size() + 1) : name;
}

}  // namespace

void ChatGptAssets::Add(std::string path) {
  const std::string_view name = NameOfPath(path);
  ChatGptAsset asset;
  const std::string id(FileIdOf(name));
  const bool first = !id.empty() && by_id_.try_emplace(id, assets_.size()).second;
  // Some files are referenced by their whole name, which then is their id.
  by_id_.try_emplace(std::string(name.substr(0, name.rfind('.'))), assets_.size());
  asset.document_id = first ? IdFromForeign("chatgpt-file", id) : IdFromForeign("chatgpt-file", "/" + path);
  by_path_.try_emplace(path, assets_.size());
  asset.path = std::move(path);
  assets_.push_back(std::move(asset));
}

void ChatGptAssets::SetName(std::string_view file_name, std::string name) {
  ChatGptAsset* asset = Find(FileIdOf(file_name));
  if (asset == nullptr) asset = Find(file_name.substr(0, file_name.rfind('.')));
  if (asset != nullptr && asset->name.empty()) asset->name = std::move(name);
}

ChatGptAsset* ChatGptAssets::Find(std::string_view file_id) {
  const auto found = by_id_.find(file_id);
  return found == by_id_.end() ? nullptr : &assets_[found->second];
}

const ChatGptAsset* ChatGptAssets::AtPath(std::string_view path) const {
  const auto found = by_path_.find(path);
  return found == by_path_.end() ? nullptr : &assets_[found->second];
}

Document DocumentOf(const ChatGptAsset& asset, const std::string& owner) {
  Document document;
  document.id = asset.document_id;
  document.owner_id = owner;
  document.filename = asset.name.empty() ? OwnNameOf(NameOfPath(asset.path)) : NameOfPath(asset.name);
  if (document.filename.empty()) document.filename = document.id;
  if (!asset.mime_type.empty()) document.mime_type = asset.mime_type;
  document.created_at = asset.created_at;
  format::CanonicalWriter source;
  source.AddText("path", asset.path);
  if (!asset.conversation_id.empty()) source.AddText("conversation_id", asset.conversation_id);
  if (!asset.message_id.empty()) source.AddText("message_id", asset.message_id);
  format::CanonicalWriter metadata;
  metadata.Add("chatgpt", source.Finish());
  document.extra_metadata = CanonicalReader::MakeJson(metadata.Finish());
  return document;
}

}  // namespace coffer::operations
