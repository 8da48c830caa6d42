// The sources of a Corpus: the reader of the data set's files, and the generator that replaces them.
#ifndef COFFER_BENCH_CORPUS_SOURCE_H_
#define COFFER_BENCH_CORPUS_SOURCE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "corpus.h"

namespace coffer::bench {

// Owns the texts of a Corpus. Bytes never move once kept, so views stay valid as long as it lives.
class Corpus::TextArena {
 public:
  std::string_view Keep(std::string_view text);

 private:
  static constexpr std::size_t kChunkBytes = std::size_t{1} << 20;

  std::vector<std::unique_ptr<char[]>> chunks_;
  std::size_t free_bytes_ = 0;
  char* free_ = nullptr;
};

// Fills a Corpus from NDJSON lines.
class CorpusReader {
 public:
  static Corpus Read(const std::filesystem::path& data_directory);
};

// Fills a Corpus with synthetic conversations: 200 owners with Zipf-like shares, the data set's distributions of message length
// and of messages per conversation, and words of several scripts. Seeded: the same on every machine.
class CorpusGenerator {
 public:
  static Corpus Generate();
};

}  // namespace coffer::bench

#endif  // COFFER_BENCH_CORPUS_SOURCE_H_
