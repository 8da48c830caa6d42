#include "cli/command_line.h"

#include <unistd.h>
#include <zstd.h>

#include <fstream>
#include <iterator>

namespace coffer::cli_test {
namespace {

namespace fs = std::filesystem;

std::string ReadText(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// This process's environment without variables that change the program's defaults.
std::vector<std::string> CleanEnvironment() {
  std::vector<std::string> environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with("COFFER_")) environment.emplace_back(*variable);
  }
  return environment;
}

Answer RunCoffer(const fs::path& folder, std::vector<std::string> words, std::vector<std::string> environment,
                 std::string_view input) {
  words.insert(words.begin(), COFFER_PROGRAM);
  return {RunProgram(folder, std::move(words), std::move(environment), input)};
}

}  // namespace

const std::string kSampleContent("\0\1\2 bytes", 9);

const std::string kSampleRecords =
    R"({"type":"conversation","id":"c1","user_id":"anna","title":"First","created_at":"2025-01-01T00:00:00Z","total_cost":0.10,)"
    R"("messages":[{"id":"m1","role":"user","content":"Hi","created_at":"2025-01-01T00:00:00Z"},)"
    R"({"id":"m2","role":"assistant","content":"Hello","created_at":"2025-01-01T00:00:01Z"}]})"
    "\n"
    R"({"type":"conversation","id":"c2","user_id":"ben","title":"Second","created_at":"2025-06-01T00:00:00Z"})"
    "\n"
    R"({"type":"message","conversation_id":"c2","id":"m3","role":"user","content":"Later","sequence_number":7})"
    "\n"
    R"({"type":"document","id":"d1","owner_id":"anna","filename":"a.bin","content_base64":"AAECIGJ5dGVz"})"
    "\n"
    R"({"type":"prompt","id":"p1","owner_id":"ben","name":"Sum","content":"Sum up {text}"})"
    "\n";

Json Answer::json() const {
  Json object = Json::parse(out, nullptr, /*allow_exceptions=*/false);
  EXPECT_TRUE(object.is_object()) << "stdout: " << out << "\nstderr: " << err;
  return object;
}

Answer CommandLine::Run(const std::vector<std::string>& words, std::string_view input) const {
  std::vector<std::string> all = {"--data", Path("data")};
  all.insert(all.end(), words.begin(), words.end());
  return RunCoffer(folder_, std::move(all), CleanEnvironment(), input);
}

Answer CommandLine::RunBare(const std::vector<std::string>& words, const std::vector<std::string>& environment) const {
  std::vector<std::string> variables = CleanEnvironment();
  variables.insert(variables.end(), environment.begin(), environment.end());
  return RunCoffer(folder_, words, std::move(variables), {});
}

std::string CommandLine::Write(const std::string& name, std::string_view bytes) const {
  fs::create_directories((folder_ / name).parent_path());
  std::ofstream(folder_ / name, std::ios::binary) << bytes;
  return Path(name);
}

std::string CommandLine::Read(const std::string& name) const { return ReadText(folder_ / name); }

void CommandLine::ImportSample() const {
  const Answer answer = Run({"import", Write("sample.ndjson", kSampleRecords)});
  ASSERT_EQ(answer.status, 0) << answer.err;
}

std::string ConversationLine(const std::string& id, const std::string& owner, const std::string& created_at) {
  return R"({"type":"conversation","id":")" + id + R"(","user_id":")" + owner + R"(","title":"T","created_at":")" + created_at +
         "\"}\n";
}

std::string ZstdCompressed(std::string_view bytes) {
  std::string packed(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size = ZSTD_compress(packed.data(), packed.size(), bytes.data(), bytes.size(), 3);
  EXPECT_FALSE(ZSTD_isError(size));
  packed.resize(size);
  return packed;
}

}  // namespace coffer::cli_test
