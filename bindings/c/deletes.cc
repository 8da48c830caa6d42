// Bulk deletes and erasures.
#include "arguments.h"
#include "coffer/bulk_delete.h"
#include "coffer/erase.h"
#include "engine_use.h"
#include "operations.h"
#include "reports.h"
#include "texts.h"

namespace coffer::c {
namespace {

BulkDeleteOptions OptionsOf(const coffer_bulk_delete_options* given) {
  const auto asked = ReadOptions(given);
  return {.owner = Text(asked.owner, "owner"), .dry_run = asked.dry_run != 0, .durability = DurabilityOf(asked.durability)};
}

Selection SelectionOf(const coffer_selection* given) {
  Given(given, "the selection");
  const auto asked = ReadOptions(given);
  return {.kind = KindOf(asked.kind),
          .owner = Text(asked.owner, "owner"),
          .created_from = Time(asked.created_from, "created_from"),
          .created_before = Time(asked.created_before, "created_before"),
          .status = Text(asked.status, "status"),
          .limit = asked.limit};
}

}  // namespace
}  // namespace coffer::c

using namespace coffer::c;  // NOLINT(google-build-using-namespace): this file is the C boundary of that namespace

coffer_status coffer_bulk_delete(coffer_engine* engine, coffer_kind kind, const coffer_text* ids, size_t ids_count,
                                 const coffer_bulk_delete_options* options, coffer_string** report, coffer_error** error) {
  return CallFor(report, error, [&] {
    const EngineUse use(engine);
    return NewString(ReportText(Value(use->BulkDelete(KindOf(kind), Texts(ids, ids_count, "ids"), OptionsOf(options)))));
  });
}

coffer_status coffer_bulk_delete_selected(coffer_engine* engine, const coffer_selection* selection,
                                          const coffer_bulk_delete_options* options, coffer_string** report,
                                          coffer_error** error) {
  return CallFor(report, error, [&] {
    const EngineUse use(engine);
    return NewString(ReportText(Value(use->BulkDelete(SelectionOf(selection), OptionsOf(options)))));
  });
}

coffer_status coffer_start_bulk_delete(coffer_engine* engine, coffer_kind kind, const coffer_text* ids, size_t ids_count,
                                       const coffer_bulk_delete_options* options, coffer_text principal,
                                       coffer_operation** operation, coffer_error** error) {
  return CallFor(operation, error, [&] {
    const EngineUse use(engine);
    return NewOperation(
        coffer::StartBulkDelete(*use, KindOf(kind), Texts(ids, ids_count, "ids"), OptionsOf(options), Start(principal)));
  });
}

coffer_status coffer_start_bulk_delete_selected(coffer_engine* engine, const coffer_selection* selection,
                                                const coffer_bulk_delete_options* options, coffer_text principal,
                                                coffer_operation** operation, coffer_error** error) {
  return CallFor(operation, error, [&] {
    const EngineUse use(engine);
    return NewOperation(coffer::StartBulkDelete(*use, SelectionOf(selection), OptionsOf(options), Start(principal)));
  });
}

coffer_status coffer_start_erase_user(coffer_engine* engine, coffer_text owner, coffer_text principal,
                                      coffer_operation** operation, coffer_error** error) {
  return CallFor(operation, error, [&] {
    const EngineUse use(engine);
    return NewOperation(coffer::StartEraseUser(*use, View(owner, "owner"), Start(principal)));
  });
}

coffer_status coffer_start_erase(coffer_engine* engine, coffer_kind kind, const coffer_text* ids, size_t ids_count,
                                 coffer_text principal, coffer_operation** operation, coffer_error** error) {
  return CallFor(operation, error, [&] {
    const EngineUse use(engine);
    return NewOperation(coffer::StartErase(*use, KindOf(kind), Texts(ids, ids_count, "ids"), Start(principal)));
  });
}
