// Memory that runs out once: the n-th allocation of a thread fails. A program that has failing_allocations.cc gets every form of
// operator new from there.
#pragma once

#include <cstdint>

namespace coffer {

// Whether RocksDB's code is known by its addresses. What it allocates is let through and not counted: it does not live through a
// failure of its own (7.8.3: an exception out of a read stops the next one of the thread).
bool RocksDbIsFound();

// From now on the allocation behind `allocations` others of this thread fails, and it alone.
void FailAllocationBehind(std::int64_t allocations);

// None fails any more. Whether one has since the call above.
bool StopFailingAllocations();

}  // namespace coffer
