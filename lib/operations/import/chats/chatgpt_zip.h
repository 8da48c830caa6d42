// ChatGptZip: imports a downloaded ChatGPT export: conversations in one or several files, their files, and the user's feedback
// on answers.
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

// Limits of what is kept in memory besides the current conversation.
inline constexpr std::size_t kChatGptSideFileBytesMax = std::size_t{16} << 20;

// Reads the archive three times: for its list of entries, for the conversations, and for the files, whose names and types are
// in the conversations. Notes an unused entry as a loss and a damaged one as a file problem, and continues. One thread; all
// arguments must outlive it.
class ChatGptZip {
 public:
  using Open = std::function<Result<std::unique_ptr<ZipReader>>()>;
  // `name`: prefix of failure messages.
  ChatGptZip(Open open, std::string name, const std::string& owner, ChatSink& sink, FieldLosses& losses)
      : open_(std::move(open)), name_(std::move(name)), owner_(owner), sink_(sink), losses_(losses) {}

  // kCorruption: the archive is damaged; readable records are stored. Otherwise the failures of ZipReader, source and sink.
  Status Import();

 private:
  enum class Part { kConversations, kFeedback, kAssetNames, kAsset, kNone };
  using Visit = std::function<Status(Part part, const std::string& path, ZipReader& zip)>;

  static Part PartOf(std::string_view path);
  // Reports the failure of one entry and continues with the next.
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
