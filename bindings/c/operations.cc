#include "operations.h"

#include <array>
#include <chrono>

#include "arguments.h"
#include "engine_use.h"
#include "json/journal.h"
#include "reports.h"
#include "texts.h"

namespace coffer::c {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kWatchMillisecondsMax = 60'000;
// A longer wait is split into waits of this length.
constexpr std::int64_t kWaitMillisecondsMax = std::int64_t{3600} * 1000;

static_assert(COFFER_OPERATION_PRUNE == static_cast<int>(OperationKind::kPrune));
static_assert(COFFER_STOPPED == static_cast<int>(OperationState::kCancelled));
static_assert(COFFER_INTERNAL == static_cast<int>(StatusCode::kInternal));
static_assert(COFFER_PROMPT == static_cast<int>(Kind::kPrompt));
static_assert(COFFER_PLACE_TAKEN == static_cast<int>(Outcome::kConflict));

const Operation& Open(const coffer_operation* operation) { return Given(operation, "the operation").operation; }

coffer_progress ProgressOf(const OperationInfo& info) {
  return {.struct_size = sizeof(coffer_progress),
          .state = static_cast<coffer_operation_state>(info.state),
          .percent = json::PercentOf(info),
          .records_done = info.progress.records_done,
          .records_expected = info.progress.records_expected,
          .bytes_done = info.progress.bytes_done,
          .bytes_expected = info.progress.bytes_expected};
}

bool WaitFor(const Operation& operation, std::int64_t left) {
  while (left > kWaitMillisecondsMax) {
    if (operation.WaitFor(milliseconds(kWaitMillisecondsMax))) return true;
    left -= kWaitMillisecondsMax;
  }
  return operation.WaitFor(milliseconds(left));
}

template <typename Enum>
std::optional<Enum> Filter(std::int32_t number, std::int32_t last, const char* name) {
  if (number == 0) return std::nullopt;
  if (number < 0 || number > last) Refuse(std::string(name) + ": " + std::to_string(number) + " is not a valid value");
  return static_cast<Enum>(number);
}

OperationListOptions ListOptionsOf(const coffer_operation_list_options* given) {
  const auto asked = ReadOptions(given);
  OperationListOptions options;
  options.kind = Filter<OperationKind>(asked.kind, COFFER_OPERATION_PRUNE, "kind");
  options.state = Filter<OperationState>(asked.state, COFFER_STOPPED, "state");
  options.limit = Limit(asked.limit, options.limit);
  options.after = Text(asked.after, "after");
  return options;
}

Page<std::string> AsJson(const Page<OperationInfo>& operations) {
  Page<std::string> page;
  for (const OperationInfo& info : operations.items) page.items.push_back(ReportText(info));
  page.next = operations.next;
  return page;
}

}  // namespace
}  // namespace coffer::c

using namespace coffer::c;  // NOLINT(google-build-using-namespace): this file is the C boundary of that namespace

void coffer_operation_free(coffer_operation* operation) { delete operation; }

coffer_text coffer_operation_id(const coffer_operation* operation) {
  return operation == nullptr ? NoText() : Out(operation->operation.id());
}

coffer_status coffer_operation_progress(const coffer_operation* operation, coffer_progress* progress, coffer_error** error) {
  return Call(error, [&] { FillStruct(progress, ProgressOf(Open(operation).Info()), "progress"); });
}

coffer_status coffer_operation_info(const coffer_operation* operation, coffer_string** info, coffer_error** error) {
  return CallFor(info, error, [&] { return NewString(ReportText(Open(operation).Info())); });
}

coffer_status coffer_operation_wait(const coffer_operation* operation, int64_t milliseconds, int32_t* ended,
                                    coffer_error** error) {
  if (ended != nullptr) *ended = 0;
  return Call(error, [&] {
    const coffer::Operation& open = Open(operation);
    Given(ended, "ended");
    if (milliseconds < 0) open.Wait().Ignore();  // this call does not report how it ended
    *ended = milliseconds < 0 || WaitFor(open, milliseconds) ? 1 : 0;
  });
}

coffer_status coffer_operation_watch(const coffer_operation* operation, int64_t interval_milliseconds,
                                     coffer_progress_callback report, void* context, coffer_error** error) {
  return Call(error, [&] {
    const coffer::Operation& open = Open(operation);
    if (report == nullptr) Refuse("report is NULL");
    if (interval_milliseconds < 1 || interval_milliseconds > kWatchMillisecondsMax)
      Refuse("interval_milliseconds: not in 1 to 60,000");
    for (bool ended = false; !ended;) {
      ended = open.WaitFor(std::chrono::milliseconds(interval_milliseconds));
      const coffer_progress progress = ProgressOf(open.Info());
      if (report(context, &progress) != 0) open.Cancel();
    }
  });
}

coffer_status coffer_operation_finish(const coffer_operation* operation, coffer_string** report, coffer_error** error) {
  return CallFor(report, error, [&] {
    const coffer::Operation& open = Open(operation);
    Check(open.Wait());
    return NewString(open.Info().result.text());
  });
}

coffer_status coffer_operation_cancel(const coffer_operation* operation, coffer_error** error) {
  return Call(error, [&] { Open(operation).Cancel(); });
}

coffer_status coffer_operation_on_end(const coffer_operation* operation, coffer_end_callback done, void* context,
                                      coffer_error** error) {
  return Call(error, [&] {
    const coffer::Operation& open = Open(operation);
    if (done == nullptr) Refuse("done is NULL");
    open.OnEnd([done, context] { done(context); });
  });
}

coffer_status coffer_get_operation(coffer_engine* engine, coffer_text id, coffer_string** info, coffer_error** error) {
  return CallFor(info, error, [&] {
    const EngineUse use(engine);
    return NewString(ReportText(Value(coffer::GetOperation(*use, View(id, "id")))));
  });
}

coffer_status coffer_cancel_operation(coffer_engine* engine, coffer_text id, coffer_error** error) {
  return Call(error, [&] {
    const EngineUse use(engine);
    Check(coffer::CancelOperation(*use, View(id, "id")));
  });
}

coffer_status coffer_list_operations(coffer_engine* engine, const coffer_operation_list_options* options, coffer_page** page,
                                     coffer_error** error) {
  return CallFor(page, error, [&] {
    const EngineUse use(engine);
    return NewPage(AsJson(Value(coffer::ListOperations(*use, ListOptionsOf(options)))));
  });
}
