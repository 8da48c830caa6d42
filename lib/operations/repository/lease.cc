#include "operations/repository/lease.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "format/json/json_tree.h"
#include "operations/repository/manifest.h"
#include "operations/runner/journal_json.h"

namespace coffer::operations {
namespace {

constexpr std::string_view kLeaseName = "lease";
constexpr std::uint64_t kLeaseBytesMax = 65'536;

std::uint64_t NumberOf(const nlohmann::json& json, const char* name) {
  const auto member = json.find(name);
  return member != json.end() && member->is_number_unsigned() ? member->get<std::uint64_t>() : 0;
}

}  // namespace

Result<Lease> ReadLease(storage::ObjectStore& objects) {
  Result<std::string> text = storage::ReadObject(objects, kLeaseName, kLeaseBytesMax);
  if (!text.ok() && text.status().code() != StatusCode::kNotFound) return std::move(text).status();
  Lease lease;
  if (!text.ok()) return lease;
  const auto json = format::ParseJsonTreeOrDiscard<nlohmann::json>(*text);
  if (!json.is_object()) return lease;
  lease.fencing = NumberOf(json, "fencing");
  lease.last_sequence = NumberOf(json, "last_sequence");
  if (lease.last_sequence > kManifestSequenceMax) lease.last_sequence = 0;
  const auto unpublished = json.find("unpublished");
  lease.unpublished = unpublished != json.end() && unpublished->is_boolean() && unpublished->get<bool>();
  return lease;
}

Status WriteLease(storage::ObjectStore& objects, const Lease& lease) {
  const std::string text = ToText({{"fencing", lease.fencing},
                                   {"last_sequence", lease.last_sequence},
                                   {"unpublished", lease.unpublished},
                                   {"holder", lease.holder},
                                   {"taken_at", FormatTimestamp(lease.taken_at)}});
  return objects.Replace(kLeaseName, text + "\n");
}

}  // namespace coffer::operations
