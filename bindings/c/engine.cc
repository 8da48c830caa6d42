// Opening, closing and maintenance of a store.
#include "coffer/engine.h"

#include "arguments.h"
#include "engine_use.h"
#include "reports.h"
#include "texts.h"

namespace coffer::c {
namespace {

// 0 keeps the default.
template <typename Number, typename Wide>
void Set(Number& value, Wide asked) {
  if (asked != 0) value = static_cast<Number>(asked);
}

OpenOptions OpenOptionsOf(const coffer_open_options* given) {
  const auto asked = ReadOptions(given);
  OpenOptions options;
  options.create_if_missing = asked.must_exist == 0;
  options.read_only = asked.read_only != 0;
  options.repository = Text(asked.repository, "repository");
  Set(options.write_buffer_bytes, asked.write_buffer_bytes);
  Set(options.block_cache_bytes, asked.block_cache_bytes);
  Set(options.open_files_max, asked.open_files_max);
  Set(options.background_threads, asked.background_threads);
  return options;
}

}  // namespace
}  // namespace coffer::c

using namespace coffer::c;  // NOLINT(google-build-using-namespace): this file is the C boundary of that namespace

coffer_status coffer_open(coffer_text folder, const coffer_open_options* options, coffer_engine** engine,
                          coffer_error** error) {
  return CallFor(engine, error, [&] {
    const std::string path = Text(folder, "folder");
    if (path.empty()) Refuse("folder: empty");
    return NewEngine(Value(coffer::Engine::Open(path, OpenOptionsOf(options))));
  });
}

coffer_status coffer_close(coffer_engine* engine, coffer_error** error) {
  return Call(error, [&] { Check(Given(engine, "the engine").shared->Close()); });
}

void coffer_engine_free(coffer_engine* engine) { delete engine; }

coffer_status coffer_sync(coffer_engine* engine, coffer_error** error) {
  return Call(error, [&] { Check(EngineUse(engine)->Sync()); });
}

coffer_status coffer_reclaim(coffer_engine* engine, uint64_t* bytes_before, uint64_t* bytes_after, coffer_error** error) {
  coffer::ReclaimReport report;
  const coffer_status status = Call(error, [&] { report = Value(EngineUse(engine)->Reclaim()); });
  if (bytes_before != nullptr) *bytes_before = report.bytes_before;
  if (bytes_after != nullptr) *bytes_after = report.bytes_after;
  return status;
}

coffer_status coffer_statistics(coffer_engine* engine, coffer_string** report, coffer_error** error) {
  return CallFor(report, error, [&] { return NewString(ReportText(Value(EngineUse(engine)->Statistics()))); });
}

coffer_status coffer_check_integrity(coffer_engine* engine, coffer_string** report, coffer_error** error) {
  return CallFor(report, error, [&] { return NewString(ReportText(Value(EngineUse(engine)->CheckIntegrity()))); });
}
