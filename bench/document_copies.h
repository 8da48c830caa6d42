// The data set's documents with their contents, at n copies, for stores that hold documents.
#ifndef COFFER_BENCH_DOCUMENT_COPIES_H_
#define COFFER_BENCH_DOCUMENT_COPIES_H_

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "coffer/document.h"
#include "corpus.h"

namespace coffer::bench {

struct HostDocument {
  coffer::Document document;
  std::string content;
};

// Read-only once constructed. Copies are other documents with the same contents, each copy in an order of its own, so that no
// chunk that a deduplicating peer could cut holds the same documents twice. Without the data set the contents are made of the
// generated conversations' texts.
class DocumentCopies {
 public:
  // Unpacks the data set's tar to `scratch` and removes it again.
  DocumentCopies(const Corpus& corpus, const std::filesystem::path& data, const std::filesystem::path& scratch,
                 std::size_t copies);

  std::size_t size() const { return originals_.size() * copies_; }
  HostDocument At(std::size_t position) const;

 private:
  void ReadDataSet(const Corpus& corpus, const std::filesystem::path& contents);
  void MakeFromTexts(const Corpus& corpus);

  std::vector<HostDocument> originals_;
  std::vector<std::size_t> order_;  // of all copies, one after the other
  std::size_t copies_;
};

}  // namespace coffer::bench

#endif  // COFFER_BENCH_DOCUMENT_COPIES_H_
