// TemporaryContents: contents of a tar that were read before the records that name them.
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

// Contents of one tar that may wait for their records, at about 600 bytes of memory each.
inline constexpr std::size_t kTemporaryContentsMax = 200'000;
// Content bytes in memory before they are written to disk. The store removes contents that no record takes.
inline constexpr std::size_t kTemporaryContentsBytesMax = std::size_t{8} << 20;

// Keyed by document id. One thread at a time; the engine must outlive it.
class TemporaryContents {
 public:
  explicit TemporaryContents(Engine& engine) : engine_(engine) {}

  // Reads the source to its end. Fails with the failure of the source or of the engine, or with kResourceExhausted: more than
  // kTemporaryContentsMax contents.
  Status Hold(const std::string& document_id, ByteSource& source);
  bool Has(std::string_view document_id) const { return contents_.contains(document_id); }
  std::optional<ContentWriter> Take(std::string_view document_id);
  // The number of contents that no record has taken, and the id of one.
  std::size_t size() const { return contents_.size(); }
  std::string first() const { return contents_.begin()->first; }
  void Clear() { contents_.clear(); }

 private:
  Status WriteAll();

  Engine& engine_;
  std::map<std::string, ContentWriter, std::less<>> contents_;
  std::vector<std::string> in_memory_;  // ids of contents that are not completely on disk
  std::size_t in_memory_bytes_ = 0;
};

}  // namespace coffer::operations
