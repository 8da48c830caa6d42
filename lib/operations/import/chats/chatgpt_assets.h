// ChatGptAssets: the files of a ChatGPT archive that messages point to, and what is told of them in different places.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/document.h"

namespace coffer::operations {

// One file of the archive, which becomes a document.
struct ChatGptAsset {
  std::string path;
  std::string document_id;
  std::string name;       // empty: that of the path
  std::string mime_type;  // empty: not told
  std::string conversation_id;
  std::string message_id;
  std::optional<Timestamp> created_at;
};

// One thread.
class ChatGptAssets {
 public:
  void Add(std::string path);
  // The archive tells what a file was called before: "file-abc.dat" was "photo.jpg".
  void SetName(std::string_view file_name, std::string name);

  // The file of that id; null: there is none. What a message knows of it may be put in.
  ChatGptAsset* Find(std::string_view file_id);
  const std::vector<ChatGptAsset>& all() const { return assets_; }
  const ChatGptAsset* AtPath(std::string_view path) const;

 private:
  std::vector<ChatGptAsset> assets_;
  std::map<std::string, std::size_t, std::less<>> by_id_;
  std::map<std::string, std::size_t, std::less<>> by_path_;
};

// What the record of a file says: id, owner, name, type and where it comes from.
Document DocumentOf(const ChatGptAsset& asset, const std::string& owner);

}  // namespace coffer::operations
