// Integrity: what Engine::Verify found in a store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace coffer {

struct IntegrityFinding {
  std::string object;   // what: "conversation 01J…", "counter messages/owner"
  std::string problem;  // what is wrong with it
};

struct IntegrityReport {
  bool ok = false;
  // Recounted from the records: conversations, messages, documents, prompts, contents.
  std::map<std::string, std::uint64_t> counts;
  // The first kIntegrityFindingsMax; findings_total counts all.
  std::vector<IntegrityFinding> findings;
  std::uint64_t findings_total = 0;
};

inline constexpr std::size_t kIntegrityFindingsMax = 1000;

}  // namespace coffer
