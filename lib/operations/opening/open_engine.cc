// Engine::Open. It is in this layer because it recovers the operations that a crash interrupted.
#include <memory>
#include <string>
#include <utility>

#include "coffer/engine.h"
#include "engine/core.h"
#include "engine/internals.h"
#include "operations/opening/recovery.h"
#include "operations/runner/runner.h"
#include "vocabulary/exceptions.h"
#include "vocabulary/try.h"

namespace coffer {

Result<std::unique_ptr<Engine>> Engine::Open(const std::string& folder, const OpenOptions& options) try {
  COFFER_ASSIGN(std::unique_ptr<engine::EngineCore> core, engine::EngineCore::Open(folder, options));
  const auto runner = std::make_shared<operations::Runner>(*core);
  core->Attach(runner);
  COFFER_TRY_CONTEXT(operations::TakeUpInterrupted(*core, *runner), "opening " + folder);
  return engine::Internals::EngineOver(std::move(core));
} catch (...) {
  return StatusOfException();
}

}  // namespace coffer
