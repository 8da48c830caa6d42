// Runs a fuzzer without clang: every file of its corpus, then changed copies of them until the time is up.
//   NAME_replay CORPUS SECONDS
// The changes come from the seed 1, or from COFFER_FUZZ_SEED, so that a failure recurs. The input of a failure is written to
// "<program>.input" in the current folder. Finds less than libFuzzer, which sees what the code has covered (cmake --preset fuzz).
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t kInputBytesMax = std::size_t{64} << 10;

const std::string* running = nullptr;
std::string input_path;

void Run(const std::string& input) {
  running = &input;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

// Keeps the input that led here. The process is broken: nothing but this is done.
void WriteInput(int signal) {
  if (running != nullptr) std::ofstream(input_path, std::ios::binary) << *running;
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

std::vector<std::string> ReadCorpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  std::ranges::sort(paths);
  std::vector<std::string> inputs;
  for (const std::filesystem::path& path : paths) {
    std::ifstream stream(path, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  return inputs;
}

class Mutator {
 public:
  Mutator(const std::vector<std::string>& corpus, std::uint64_t seed) : corpus_(corpus), random_(seed) {}

  std::string Next() {
    std::string input = corpus_[Below(corpus_.size())];
    for (std::size_t changes = 1 + Below(4); changes > 0; --changes) Change(input);
    input.resize(std::min(input.size(), kInputBytesMax));
    return input;
  }

 private:
  std::size_t Below(std::size_t bound) { return bound == 0 ? 0 : static_cast<std::size_t>(random_() % bound); }

  void Change(std::string& input) {
    const std::size_t at = Below(input.size());
    const std::size_t length = std::min(input.size() - at, 1 + Below(16));
    switch (Below(6)) {
      case 0:
        if (!input.empty()) input[at] = static_cast<char>(random_());
        break;
      case 1:
        if (!input.empty()) input[at] = static_cast<char>(input[at] ^ (1 << Below(8)));
        break;
      case 2:
        input.erase(at, length);
        break;
      case 3:
        input.insert(at, input.substr(Below(input.size()), length));
        break;
      case 4:
        input.resize(at);
        break;
      default: {
        const std::string& other = corpus_[Below(corpus_.size())];
        input = input.substr(0, at) + other.substr(Below(other.size()));
      }
    }
  }

  const std::vector<std::string>& corpus_;
  std::mt19937_64 random_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s CORPUS SECONDS\n", argv[0]);
    return 2;
  }
  input_path = std::filesystem::path(argv[0]).filename().string() + ".input";
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE}) std::signal(signal, WriteInput);
  const std::vector<std::string> corpus = ReadCorpus(argv[1]);
  if (corpus.empty()) {
    std::fprintf(stderr, "no corpus in %s\n", argv[1]);
    return 1;
  }
  for (const std::string& input : corpus) Run(input);
  const char* const seed_text = std::getenv("COFFER_FUZZ_SEED");
  Mutator mutator(corpus, seed_text != nullptr ? std::strtoull(seed_text, nullptr, 10) : 1);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(std::atoi(argv[2]));
  std::uint64_t executions = corpus.size();
  for (; std::chrono::steady_clock::now() < end; ++executions) Run(mutator.Next());
  std::printf("%llu executions, %zu of them the corpus\n", static_cast<unsigned long long>(executions), corpus.size());
  return 0;
}
