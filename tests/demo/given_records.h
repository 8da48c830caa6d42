// GivenRecords: what went in, read from the data set's own files without a line of the library, and how it compares.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace coffer::demo {

using Json = nlohmann::json;

// Reads a file that may be zstd. Throws std::runtime_error naming it.
std::string ReadPlain(const std::filesystem::path& path);

class GivenRecords {
 public:
  explicit GivenRecords(const std::filesystem::path& data_set);

  // Each holds what came back against what was given, once. A conversation carries its messages.
  void CompareConversation(const Json& returned);
  void ComparePrompt(const Json& returned);
  void CompareDocument(const Json& returned, const std::string& content);

  // Says what was equal and what was not. True if everything given came back equal, and nothing else.
  bool Report(std::ostream& out) const;

 private:
  using Records = std::map<std::string, Json>;

  Json Take(Records& records, const Json& returned);
  void CompareMembers(const Json& given, const Json& returned, const std::string& what);
  void CompareMessages(const Json& given, const Json& returned, const std::string& what);
  void Differ(const std::string& problem);

  // What has not come back yet.
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
