// The records that every benchmark uses: n copies of the development data set, or of a generated one of similar shape.
//
// Texts are kept once, in the Corpus; copies share them by view and own only what is remapped (ids and times). So eight copies
// need no more text memory than one, and a benchmark's peak memory is that of the store it measures.
#ifndef COFFER_BENCH_CORPUS_H_
#define COFFER_BENCH_CORPUS_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::bench {

struct Message {
  std::string id;
  std::string_view role;
  std::string_view content;
  std::uint64_t sequence_number = 0;
  std::string created_at;
};

struct Conversation {
  std::string id;
  std::string_view user_id;
  std::string_view title;
  std::string_view status;
  std::string created_at;
  std::string updated_at;
  std::string_view tags;            // a JSON array
  std::string_view extra_metadata;  // a JSON object
  std::vector<Message> messages;    // in order of sequence_number, which counts from 0
};

// A prompt or a document's metadata: the members that peers index, and the whole record as given.
struct PlainRecord {
  std::string_view id;
  std::string_view owner_id;
  std::string_view json;
};

// One copy of the data set, read-only once constructed. Safe to read from many threads.
class Corpus {
 public:
  // Reads conversations.ndjson.zst, prompts.ndjson.zst and documents/documents.ndjson.zst from `data_directory`. If the first
  // is absent, the set is generated, the same on every machine, and generated() returns true.
  static Corpus Load(const std::filesystem::path& data_directory);

  Corpus(Corpus&&) noexcept;
  Corpus& operator=(Corpus&&) noexcept;
  ~Corpus();

  bool generated() const { return generated_; }
  const std::vector<Conversation>& conversations() const { return conversations_; }
  const std::vector<PlainRecord>& prompts() const { return prompts_; }
  const std::vector<PlainRecord>& documents() const { return documents_; }
  std::size_t message_count() const { return message_count_; }

  // Bytes of the conversations as NDJSON: the base of MB/s for every store.
  std::uint64_t conversation_json_bytes() const { return conversation_json_bytes_; }

 private:
  class TextArena;
  friend class CorpusReader;
  friend class CorpusGenerator;

  Corpus();

  bool generated_ = false;
  std::unique_ptr<TextArena> texts_;
  std::vector<Conversation> conversations_;
  std::vector<PlainRecord> prompts_;
  std::vector<PlainRecord> documents_;
  std::size_t message_count_ = 0;
  std::uint64_t conversation_json_bytes_ = 0;
};

enum class IdForm { kUlid, kRandomUuid };

// n copies of a Corpus as one sequence in order of created_at, which for ULIDs is the order of ids. The Corpus must outlive it
// and every record taken from it. Safe to read from many threads.
//
// The copies of a conversation are spread over the gap to the next one, so every part of the time range holds records of every
// copy. Copy k takes its texts from an offset of k/n of the set, so that equal texts are never within one compressor window,
// which would make files too small.
class CorpusCopies {
 public:
  CorpusCopies(const Corpus& corpus, std::size_t copies, IdForm id_form);

  std::size_t size() const { return corpus_.conversations().size() * copies_; }
  std::size_t message_count() const { return corpus_.message_count() * copies_; }
  std::uint64_t conversation_json_bytes() const { return corpus_.conversation_json_bytes() * copies_; }

  // Deterministic: a position always gives the same record.
  Conversation At(std::size_t position) const;

 private:
  std::string RemappedId(std::string_view original, std::size_t copy, std::int64_t time_us) const;
  std::int64_t SlotTime(std::size_t slot, std::size_t copy) const;

  const Corpus& corpus_;
  std::size_t copies_;
  IdForm id_form_;
};

// Times as in records (UTC, six digits, Z), and as microseconds since 1970.
std::int64_t MicrosecondsFromTimestamp(std::string_view timestamp);
std::string TimestampFromMicroseconds(std::int64_t time_us);

}  // namespace coffer::bench

#endif  // COFFER_BENCH_CORPUS_H_
