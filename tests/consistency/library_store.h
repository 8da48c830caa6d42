// The C++ interface as a WatchedStore.
#pragma once

#include <memory>

#include "coffer/engine.h"
#include "consistency/watched_store.h"

namespace coffer::consistency {

// `engine` must outlive the result.
std::unique_ptr<WatchedStore> WatchLibrary(Engine& engine);

}  // namespace coffer::consistency
