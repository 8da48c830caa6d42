// GivenRecords: the records of the data set's own files, read without the library, and their comparison with the returned ones.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace coffer::demo {

using Json = nlohmann::json;

// Reads a file that may be zstd. Throws std::runtime_error with its name.
std::string ReadPlain(const std::filesystem::path& path);

class GivenRecords {
 public:
  explicit GivenRecords(const std::filesystem::path& data_set);

  // Each compares a returned record with the given one, once. A conversation has its messages.
  void CompareConversation(const Json& returned);
  void ComparePrompt(const Json& returned);
  void CompareDocument(const Json& returned, const std::string& content);

  // Prints what was equal and what was not. True if every given record was returned equal, and no other one.
  bool Report(std::ostream& out) const;

 private:
  using Records = std::map<std::string, Json>;

  Json Take(Records& records, const Json& returned);
  void CompareMembers(const Json& given, const Json& returned, const std::string& what);
  void CompareMessages(const Json& given, const Json& returned, const std::string& what);
  void Differ(const std::string& problem);

  // Not yet returned.
  Records conversations_;
  Records prompts_;
  Records documents_;
  std::map<std::string, std::string> contents_;

  std::size_t conversations_equal_ = 0;
  std::size_t messages_compared_ = 0;
  std::size_t prompts_compared_ = 0;
  std::size_t documents_compared_ = 0;
  std::size_t text_bytes_ = 0;
  std::size_t content_bytes_ = 0;
  std::size_t differences_ = 0;
};

}  // namespace coffer::demo
