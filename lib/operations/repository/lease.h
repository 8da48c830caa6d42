// The lease of a repository: who changed it last, and what must outlive manifests. Layout: FORMAT.md.
#pragma once

#include <cstdint>
#include <string>

#include "coffer/result.h"
#include "coffer/timestamp.h"
#include "storage/object_store.h"

namespace coffer::operations {

struct Lease {
  std::uint64_t fencing = 0;        // grows with each session
  std::uint64_t last_sequence = 0;  // the greatest sequence number of a backup, even of a removed one
  // No manifest has been published, or all were removed by a session. Only then objects without any manifest are garbage.
  bool unpublished = false;
  std::string holder;
  Timestamp taken_at;
};

// A missing or unreadable lease counts as empty: the manifests hold the sequence numbers too.
Result<Lease> ReadLease(storage::ObjectStore& objects);
Status WriteLease(storage::ObjectStore& objects, const Lease& lease);

}  // namespace coffer::operations
