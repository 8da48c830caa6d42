// Out of memory, once: the n-th allocation of a thread fails. failing_allocations.cc gives its program every form of operator
// new.
#pragma once

#include <cstdint>

namespace coffer {

// Whether the addresses of RocksDB's code are known. Its allocations never fail and are not counted, because RocksDB does not
// survive such a failure (7.8.3: an exception out of a read blocks the next read of the thread).
bool RocksDbIsFound();

// From now on, after `allocations` others of this thread, one allocation fails.
void FailAllocationBehind(std::int64_t allocations);

// Stops failing. Returns whether an allocation has failed since the call above.
bool StopFailingAllocations();

}  // namespace coffer
