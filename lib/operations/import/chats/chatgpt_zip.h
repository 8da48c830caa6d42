// ChatGptZip: a whole ChatGPT export as it is downloaded: conversations in one file or several, what was sent and made in them,
// and what the user thought of the answers.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "operations/import/chats/chat_import.h"
#include "operations/import/chats/chatgpt_chat.h"
#include "operations/import/input/zip_reader.h"

namespace coffer::operations {

// What of an archive is held in memory besides the conversation under way.
inline constexpr std::size_t kChatGptSideFileBytesMax = std::size_t{16} << 20;

// The archive is read three times, each time from its start: for what is in it, for the conversations, and for the files, of
// which the conversations tell the names and the types. One that is of no use is noted as a loss, one that is damaged as a
// problem of the file, and the others are read. One thread; all must outlive it.
class ChatGptZip {
 public:
  using Open = std::function<Result<std::unique_ptr<ZipReader>>()>;
  // `name` stands before what goes wrong.
  ChatGptZip(Open open, std::string name, const std::string& owner, ChatSink& sink, FieldLosses& losses)
      : open_(std::move(open)), name_(std::move(name)), owner_(owner), sink_(sink), losses_(losses) {}

  // kCorruption: the archive is damaged; what could be read of it is stored. Else as ZipReader, source and sink fail.
  Status Import();

 private:
  enum class Part { kConversations, kFeedback, kAssetNames, kAsset, kNone };
  using Visit = std::function<Status(Part part, const std::string& path, ZipReader& zip)>;

  static Part PartOf(std::string_view path);
  // The failure of one entry is told, and the next one visited.
  Status VisitEntries(const Visit& visit, bool tell_hostile);
  Status TellHostile(const std::string& path, std::string_view why);
  Status Survey(Part part, const std::string& path, ZipReader& zip);
  Status ReadFeedback(const std::string& path, ZipReader& zip);
  Status ReadAssetNames(const std::string& path, ZipReader& zip);
  Status ReadConversations(Part part, const std::string& path, ZipReader& zip);
  Status ReadAsset(Part part, const std::string& path, ZipReader& zip);
  void NoteFeedbackLeft();

  const Open open_;
  const std::string name_;
  const std::string& owner_;
  ChatSink& sink_;
  FieldLosses& losses_;
  ChatGptArchive archive_;
  std::vector<std::pair<std::string, std::string>> asset_names_;
  std::size_t conversation_files_ = 0;
  std::size_t hostile_entries_ = 0;
};

}  // namespace coffer::operations
