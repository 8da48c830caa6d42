#include "document_copies.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <numeric>
#include <random>

#include "coffer/record_json.h"
#include "program.h"
#include "require.h"

namespace coffer::bench {
namespace {

namespace fs = std::filesystem;

// The number and mean size of the data set's documents.
constexpr std::size_t kGeneratedDocuments = 1'616;
constexpr std::size_t kGeneratedBytes = 18'925;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  Require(file.good(), "cannot read", path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

DocumentCopies::DocumentCopies(const Corpus& corpus, const fs::path& data, const fs::path& scratch, std::size_t copies)
    : copies_(copies) {
  const fs::path tar = data / "documents" / "documents.tar.zst";
  if (corpus.documents().empty() || !fs::exists(tar)) {
    MakeFromTexts(corpus);
  } else {
    RunProgram({"tar", "--zstd", "-xf", tar.string(), "-C", FreshFolder(scratch).string()});
    ReadDataSet(corpus, scratch);
    fs::remove_all(scratch);
  }
  std::mt19937_64 random(5);
  for (std::size_t copy = 0; copy < copies; ++copy) {
    std::vector<std::size_t> order(originals_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::shuffle(order.begin(), order.end(), random);
    order_.insert(order_.end(), order.begin(), order.end());
  }
}

void DocumentCopies::ReadDataSet(const Corpus& corpus, const fs::path& contents) {
  for (const PlainRecord& record : corpus.documents()) {
    Result<coffer::Document> document = ParseDocument(record.json);
    Require(document.ok(), "document", document.status().ToString());
    std::string content = ReadFile(contents / document->filename);
    originals_.push_back({std::move(*document), std::move(content)});
  }
}

void DocumentCopies::MakeFromTexts(const Corpus& corpus) {
  std::size_t next = 0;
  for (std::size_t i = 0; i < kGeneratedDocuments; ++i) {
    HostDocument made;
    const Conversation& first = corpus.conversations()[next % corpus.conversations().size()];
    made.document.id = first.id;
    made.document.owner_id = first.user_id;
    made.document.filename = std::to_string(i) + ".txt";
    while (made.content.size() < kGeneratedBytes) {
      const Conversation& source = corpus.conversations()[next++ % corpus.conversations().size()];
      for (const Message& message : source.messages) made.content.append(message.content).append("\n\n");
    }
    originals_.push_back(std::move(made));
  }
}

HostDocument DocumentCopies::At(std::size_t position) const {
  HostDocument made = originals_[order_[position]];
  const std::size_t copy = position / originals_.size();
  if (copy > 0) made.document.id += "-" + std::to_string(copy);
  return made;
}

}  // namespace coffer::bench
