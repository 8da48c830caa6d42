#include "operations/export/export_plan.h"

#include <algorithm>
#include <array>

#include "format/age/age.h"
#include "operations/export/analytics.h"
#include "vocabulary/try.h"

namespace coffer {
namespace {

constexpr int kCompressionLevelMax = 19;

constexpr std::array<std::string_view, 6> kFormatNames = {"json", "csv", "xml", "parquet", "sql", "ndjson"};
constexpr std::array<std::string_view, 6> kScopeNames = {"user", "conversation", "document", "analytics", "full", "custom"};

template <typename Enum, std::size_t N>
std::optional<Enum> Parse(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::string_view ExportFormatName(ExportFormat format) { return kFormatNames[static_cast<std::size_t>(format)]; }
std::string_view ExportScopeName(ExportScope scope) { return kScopeNames[static_cast<std::size_t>(scope)]; }
std::optional<ExportFormat> ParseExportFormat(std::string_view name) { return Parse<ExportFormat>(kFormatNames, name); }
std::optional<ExportScope> ParseExportScope(std::string_view name) { return Parse<ExportScope>(kScopeNames, name); }

namespace operations {
namespace {

ScopeKinds KindsOf(ExportScope scope, const std::optional<CustomQuery>& query) {
  ScopeKinds kinds;
  switch (scope) {
    case ExportScope::kFull:
    case ExportScope::kUser:
      kinds.conversations = kinds.documents = kinds.prompts = true;
      break;
    case ExportScope::kConversation:
      kinds.conversations = true;
      break;
    case ExportScope::kDocument:
      kinds.documents = true;
      break;
    case ExportScope::kAnalytics:
      kinds.analytics = true;
      break;
    case ExportScope::kCustom: {
      const Kind entity = query->entity();
      kinds.rows = true;
      kinds.conversations = entity == Kind::kConversation;
      kinds.messages = entity == Kind::kMessage;
      kinds.documents = entity == Kind::kDocument;
      kinds.prompts = entity == Kind::kPrompt;
      break;
    }
  }
  return kinds;
}

// Checks everything but the text of the custom query.
Status CheckOptions(const ExportOptions& options) {
  if (options.compress && (options.compression_level < 1 || options.compression_level > kCompressionLevelMax)) {
    return Status::InvalidArgument("compression_level: must be 1 to " + std::to_string(kCompressionLevelMax));
  }
  if (!options.encrypt && !options.recipients.empty()) return Status::InvalidArgument("recipients: needs encrypt");
  // One more is the store's own key.
  static_assert(kExportRecipientsMax + 1 == format::kAgeRecipientsMax);
  if (options.recipients.size() > kExportRecipientsMax) {
    return Status::InvalidArgument("recipients: at most " + std::to_string(kExportRecipientsMax));
  }
  for (const std::string& recipient : options.recipients) {
    COFFER_TRY_CONTEXT(format::ParseAgeRecipient(recipient).status(), "recipients");
  }
  if (options.scope == ExportScope::kUser && options.owner.empty()) {
    return Status::InvalidArgument("user_id: required by scope user");
  }
  if (!options.conversation_id.empty() && options.scope != ExportScope::kConversation) {
    return Status::InvalidArgument("conversation_id: allowed only with scope conversation");
  }
  if (!options.custom_query.empty() && options.scope != ExportScope::kCustom) {
    return Status::InvalidArgument("custom_query: allowed only with scope custom");
  }
  return Status::Ok();
}

}  // namespace

Result<ExportPlan> PlanExport(const ExportOptions& options) {
  COFFER_TRY(CheckOptions(options));
  ExportPlan plan;
  plan.options = options;
  if (options.scope == ExportScope::kCustom) {
    COFFER_ASSIGN(plan.query, CustomQuery::Parse(options.custom_query));
    if (!options.include_metadata) plan.query->LeaveOutMetadata();
  }
  plan.kinds = KindsOf(options.scope, plan.query);
  return plan;
}

RecordFilter FilterOf(const ExportOptions& options) {
  RecordFilter filter;
  filter.owner = options.owner;
  filter.created_from = options.created_from;
  filter.created_before = options.created_before;
  if (!options.conversation_id.empty()) filter.id = options.conversation_id;
  return filter;
}

bool IsCompressedWhole(const ExportOptions& options) { return options.compress && options.format != ExportFormat::kParquet; }

std::vector<std::string> FileNamesOf(const ExportPlan& plan) {
  const ExportOptions& options = plan.options;
  const std::string ending = "." + std::string(ExportFormatName(options.format));
  const bool in_parquet = options.format == ExportFormat::kParquet;
  if (options.format != ExportFormat::kCsv && !in_parquet) return {"export" + ending};
  const ScopeKinds& kinds = plan.kinds;
  std::vector<std::string> names;
  if (kinds.analytics) {
    names.assign(kAnalyticsTables.begin(), kAnalyticsTables.end());
  } else if (kinds.rows) {
    names = {"rows"};
  } else {
    if (kinds.conversations) names = {"conversations", "messages"};
    // Contents come first: an importer needs a content before the document that names it.
    if (kinds.documents && in_parquet && options.include_contents) names.emplace_back("contents");
    if (kinds.documents) names.emplace_back("documents");
    if (kinds.prompts) names.emplace_back("prompts");
  }
  for (std::string& name : names) name += ending;
  return names;
}

std::string ExportFileName(const ExportOptions& options, std::string_view export_id, bool tar) {
  std::string name(export_id);
  name.append(".").append(tar ? "tar" : ExportFormatName(options.format));
  if (IsCompressedWhole(options)) name += ".zst";
  if (options.encrypt) name += ".age";
  return name;
}

}  // namespace operations
}  // namespace coffer
