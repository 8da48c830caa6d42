// TemporaryContents: contents of a tar that came before the records that name them.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/content.h"
#include "coffer/engine.h"
#include "coffer/import.h"
#include "coffer/result.h"

namespace coffer::operations {

// Contents that one tar may have waiting, of some 600 bytes each; one more is kResourceExhausted.
inline constexpr std::size_t kTemporaryContentsMax = 200'000;
// What of them may be in memory before it goes to disk, where the store sweeps what no record takes.
inline constexpr std::size_t kTemporaryContentsBytesMax = std::size_t{8} << 20;

// By the id of their document. One thread at a time; the engine must outlive it.
class TemporaryContents {
 public:
  explicit TemporaryContents(Engine& engine) : engine_(engine) {}

  // Reads the source to its end. A failed Status: the source's or the engine's.
  Status Hold(const std::string& document_id, ByteSource& source);
  bool Has(std::string_view document_id) const { return contents_.contains(document_id); }
  std::optional<ContentWriter> Take(std::string_view document_id);
  // Those that no record has taken: how many, and one of them.
  std::size_t size() const { return contents_.size(); }
  std::string first() const { return contents_.begin()->first; }
  void Clear() { contents_.clear(); }

 private:
  Status WriteAll();

  Engine& engine_;
  std::map<std::string, ContentWriter, std::less<>> contents_;
  std::vector<std::string> in_memory_;  // documents whose content is not all on disk
  std::size_t in_memory_bytes_ = 0;
};

}  // namespace coffer::operations
