#include <array>

#include "arguments.h"
#include "coffer/export.h"
#include "engine_use.h"
#include "operations.h"

namespace coffer::c {
namespace {

void SetWhat(const coffer_export_options& asked, ExportOptions& options) {
  static constexpr std::array kFormats = {ExportFormat::kJson,    ExportFormat::kCsv, ExportFormat::kXml,
                                          ExportFormat::kParquet, ExportFormat::kSql, ExportFormat::kNdjson};
  static constexpr std::array kScopes = {ExportScope::kFull,     ExportScope::kUser,      ExportScope::kConversation,
                                         ExportScope::kDocument, ExportScope::kAnalytics, ExportScope::kCustom};
  options.format = ValueOf(asked.format, kFormats, COFFER_EXPORT_JSON, "format");
  options.scope = ValueOf(asked.scope, kScopes, COFFER_EXPORT_FULL, "scope");
  options.owner = Text(asked.owner, "owner");
  options.conversation_id = Text(asked.conversation_id, "conversation_id");
  options.created_from = Time(asked.created_from, "created_from");
  options.created_before = Time(asked.created_before, "created_before");
  options.custom_query = Text(asked.custom_query, "custom_query");
}

ExportOptions OptionsOf(const coffer_export_options* given) {
  const auto asked = ReadOptions(given);
  ExportOptions options;
  SetWhat(asked, options);
  options.include_metadata = asked.without_metadata == 0;
  options.include_contents = asked.without_contents == 0;
  options.compress = asked.uncompressed == 0;
  if (asked.compression_level != 0) options.compression_level = asked.compression_level;
  options.encrypt = asked.encrypt != 0;
  options.recipients = Texts(asked.recipients, asked.recipients_count, "recipients");
  options.output = Text(asked.output, "output");
  return options;
}

}  // namespace
}  // namespace coffer::c

using namespace coffer::c;  // NOLINT(google-build-using-namespace): this file is the C boundary of that namespace

coffer_status coffer_start_export(coffer_engine* engine, const coffer_export_options* options, coffer_text principal,
                                  coffer_operation** operation, coffer_error** error) {
  return CallFor(operation, error, [&] {
    const EngineUse use(engine);
    return NewOperation(coffer::StartExport(*use, OptionsOf(options), Start(principal)));
  });
}
