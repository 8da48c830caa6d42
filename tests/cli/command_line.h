// CommandLine: a test with a folder of its own in which it runs the built `coffer` program.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/program.h"
#include "support/temp_directory.h"

namespace coffer::cli_test {

using Json = nlohmann::json;

struct Answer : ProgramAnswer {
  // The one JSON object on stdout; the test fails if there is anything else.
  Json json() const;
};

class CommandLine : public testing::Test {
 protected:
  CommandLine() : folder_(directory_.path()) {}

  // Runs `coffer --data <folder>/data WORDS…` with `input` on its standard input.
  Answer Run(const std::vector<std::string>& words, std::string_view input = {}) const;
  // The same without --data, in the folder, with `environment` ("NAME=value") added.
  Answer RunBare(const std::vector<std::string>& words, const std::vector<std::string>& environment = {}) const;

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  std::string Write(const std::string& name, std::string_view bytes) const;
  std::string Read(const std::string& name) const;

  // Imports two conversations (c1 of anna with two messages, c2 of ben with one), a document d1 of anna with the content
  // "\0\1\2 bytes", and a prompt p1 of ben.
  void ImportSample() const;

  TempDirectory directory_;
  std::filesystem::path folder_;
};

// One valid line each.
std::string ConversationLine(const std::string& id, const std::string& owner, const std::string& created_at);
extern const std::string kSampleRecords;
extern const std::string kSampleContent;

std::string ZstdCompressed(std::string_view bytes);

}  // namespace coffer::cli_test
