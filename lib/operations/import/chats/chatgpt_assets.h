// ChatGptAssets: the files of a ChatGPT archive, and what its parts say about them.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/document.h"

namespace coffer::operations {

// One file of the archive. It becomes a document.
struct ChatGptAsset {
  std::string path;
  std::string document_id;
  std::string name;       // empty: use the name in the path
  std::string mime_type;  // empty: unknown
  std::string conversation_id;
  std::string message_id;
  std::optional<Timestamp> created_at;
};

// One thread.
class ChatGptAssets {
 public:
  void Add(std::string path);
  // Sets the original name of a file: "file-abc.dat" was "photo.jpg".
  void SetName(std::string_view file_name, std::string name);

  // The file with the id; null if missing. The caller may add what a message says about it.
  ChatGptAsset* Find(std::string_view file_id);
  const std::vector<ChatGptAsset>& all() const { return assets_; }
  const ChatGptAsset* AtPath(std::string_view path) const;

 private:
  std::vector<ChatGptAsset> assets_;
  std::map<std::string, std::size_t, std::less<>> by_id_;
  std::map<std::string, std::size_t, std::less<>> by_path_;
};

// The record of a file: id, owner, name, type and origin.
Document DocumentOf(const ChatGptAsset& asset, const std::string& owner);

}  // namespace coffer::operations
