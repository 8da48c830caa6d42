// Opening an engine: the one call of Engine that needs all layers, since what a crash cut off is taken up here.
#include <memory>
#include <string>
#include <utility>

#include "coffer/engine.h"
#include "engine/core.h"
#include "operations/opening/recovery.h"
#include "operations/runner/runner.h"
#include "vocabulary/exceptions.h"

namespace coffer {

Result<std::unique_ptr<Engine>> Engine::Open(const std::string& folder, const OpenOptions& options) try {
  Result<std::unique_ptr<engine::EngineCore>> core = engine::EngineCore::Open(folder, options);
  if (!core.ok()) return std::move(core).status();
  const auto runner = std::make_shared<operations::Runner>(**core);
  (*core)->Attach(runner);
  if (Status status = operations::TakeUpInterrupted(**core, *runner); !status.ok()) {
    return status.WithContext("opening " + folder);
  }
  return Engine::Over(std::move(*core));
} catch (...) {
  return StatusOfException();
}

}  // namespace coffer
