#include "json/choices.h"

namespace coffer::json {

std::string_view ConflictName(PutMode mode) {
  switch (mode) {
    case PutMode::kUpsert:
      return "replace";
    case PutMode::kInsert:
      return "fail";
    case PutMode::kUpdate:
      return "update";  // neither an import nor a restore takes it
    case PutMode::kKeepExisting:
      return "skip";
    case PutMode::kNewest:
      return "newest";
  }
  return {};
}

std::string_view ImportFormatName(ImportFormat format) {
  switch (format) {
    case ImportFormat::kAuto:
      return "auto";
    case ImportFormat::kNdjson:
      return "ndjson";
    case ImportFormat::kCofferJson:
      return "coffer-json";
    case ImportFormat::kCofferCsv:
      return "coffer-csv";
    case ImportFormat::kCofferParquet:
      return "coffer-parquet";
    case ImportFormat::kChatGpt:
      return "chatgpt";
    case ImportFormat::kOpenWebUi:
      return "open-webui";
    case ImportFormat::kLibreChat:
      return "librechat";
  }
  return {};
}

}  // namespace coffer::json
