// IntegrityReport: what Engine::CheckIntegrity found in a store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace coffer {

struct IntegrityFinding {
  std::string object;   // the object: "conversation 01J…", "counter messages/owner"
  std::string problem;  // what is wrong with it
};

struct IntegrityReport {
  bool ok = false;  // there are no findings
  // Records counted by kind: "conversations", "messages", "documents", "prompts", "contents".
  std::map<std::string, std::uint64_t> counts;
  std::vector<IntegrityFinding> findings;  // the first kIntegrityFindingsMax
  std::uint64_t findings_total = 0;        // all findings
};

inline constexpr std::size_t kIntegrityFindingsMax = 1000;

}  // namespace coffer
