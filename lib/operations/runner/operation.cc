#include "coffer/operation.h"

#include <algorithm>

#include "coffer/engine.h"
#include "engine/internals.h"
#include "operations/runner/live_operation.h"
#include "operations/runner/runner.h"
#include "vocabulary/exceptions.h"

namespace coffer {
namespace {

constexpr double kAllPercent = 100;

}  // namespace

std::string_view OperationKindName(OperationKind kind) {
  switch (kind) {
    case OperationKind::kImport:
      return "import";
    case OperationKind::kBulkDelete:
      return "bulk_delete";
    case OperationKind::kBackup:
      return "backup";
    case OperationKind::kRestore:
      return "restore";
    case OperationKind::kExport:
      return "export";
    case OperationKind::kErase:
      return "erase";
    case OperationKind::kVerify:
      return "verify";
    case OperationKind::kPrune:
      return "prune";
  }
  return {};
}

std::string_view OperationStateName(OperationState state) {
  switch (state) {
    case OperationState::kPending:
      return "pending";
    case OperationState::kRunning:
      return "running";
    case OperationState::kCompleted:
      return "completed";
    case OperationState::kFailed:
      return "failed";
    case OperationState::kCancelled:
      return "cancelled";
  }
  return {};
}

int OperationProgress::Percent() const {
  const auto share = [](std::uint64_t done, std::uint64_t expected) {
    const double percent = kAllPercent * static_cast<double>(done) / static_cast<double>(expected);
    return static_cast<int>(std::min(percent, kAllPercent));
  };
  if (bytes_expected > 0) return share(bytes_done, bytes_expected);
  return records_expected > 0 ? share(records_done, records_expected) : 0;
}

Operation::Operation(std::shared_ptr<operations::LiveOperation> operation) : operation_(std::move(operation)) {}
const std::string& Operation::id() const { return operation_->id(); }
OperationInfo Operation::Info() const { return operation_->Info(); }
Status Operation::Wait() const try { return operation_->Wait(); } catch (...) {
  return StatusOfException();
}

bool Operation::WaitFor(std::chrono::milliseconds time) const { return operation_->WaitFor(time); }
void Operation::Cancel() const { operation_->Cancel(); }
void Operation::OnEnd(std::function<void()> done) const { operation_->OnEnd(std::move(done)); }

Result<OperationInfo> GetOperation(Engine& engine, std::string_view id) try {
  return operations::RunnerOf(engine::CoreOf(engine)).Get(id);
} catch (...) {
  return StatusOfException();
}

Result<Page<OperationInfo>> ListOperations(Engine& engine, const OperationListOptions& options) try {
  return operations::RunnerOf(engine::CoreOf(engine)).List(options);
} catch (...) {
  return StatusOfException();
}

Listing<OperationInfo> Operations(Engine& engine, const OperationListOptions& options) {
  return Listing<OperationInfo>([&engine, options](const std::string& after) {
    return Guarded([&]() -> Result<Page<OperationInfo>> {
      OperationListOptions page_options = options;
      if (!after.empty()) page_options.after = after;
      return ListOperations(engine, page_options);
    });
  });
}

Status CancelOperation(Engine& engine, std::string_view id) try {
  return operations::RunnerOf(engine::CoreOf(engine)).Cancel(id);
} catch (...) {
  return StatusOfException();
}

}  // namespace coffer
