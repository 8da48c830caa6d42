#include "operations/repository/manifest.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "coffer/version.h"
#include "format/records/record_codec.h"
#include "format/records/sha256.h"
#include "operations/runner/journal_json.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::uint32_t kManifestVersion = 1;
constexpr std::string_view kVersionPrefix = "{\"coffer_manifest\":";
constexpr std::string_view kChecksumPrefix = ",\"manifest_sha256\":\"";
constexpr std::string_view kChecksumSuffix = "\"}";
constexpr std::size_t kHexBytes = 2 * format::kSha256Bytes;
constexpr std::size_t kTailBytes = kChecksumPrefix.size() + kHexBytes + kChecksumSuffix.size();
constexpr std::uint64_t kStoredBytesMax = std::uint64_t{1} << 43;

// Members that a version may mark as required. A required member that is not listed here makes the manifest unreadable.
constexpr std::array<std::string_view, 1> kRequiredMembersKnown = {"objects"};

constexpr std::string_view kMembers[] = {
    "coffer_manifest", "id",         "name",      "description",  "reason",         "backup_type",  "requested_type",
    "base_id",         "lineage",    "sequence",  "file_bytes",   "stored_bytes",   "record_count", "contents_included",
    "logs_included",   "compressed", "encrypted", "recipients",   "created_at",     "completed_at", "expires_at",
    "engine_version",  "repository", "pool",      "store_format", "erased_through", "erased_also",  "sealed_bytes",
    "sealed_sha256",   "objects",    "required"};

bool IsHex(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Status Damaged(const std::string& what) { return Status::Corruption("damaged manifest: " + what); }

std::string Sha256Hex(std::string_view bytes) {
  format::Sha256 hash;
  hash.Update(bytes);
  return format::HexText(hash.Finish());
}

OrderedJson InfoJson(const BackupManifest& manifest) {
  const BackupInfo& info = manifest.info;
  OrderedJson json;
  json["coffer_manifest"] = kManifestVersion;
  json["id"] = info.id;
  json["name"] = info.name;
  json["description"] = info.description;
  json["reason"] = BackupReasonName(info.reason);
  json["backup_type"] = BackupTypeName(info.type);
  json["requested_type"] = BackupTypeName(info.requested_type);
  json["base_id"] = info.base_id;
  json["lineage"] = info.lineage;
  json["sequence"] = info.sequence;
  json["file_bytes"] = info.file_bytes;
  json["stored_bytes"] = info.stored_bytes;
  json["record_count"] = info.record_count;
  json["contents_included"] = info.contents_included;
  json["logs_included"] = info.logs_included;
  json["compressed"] = info.compressed;
  json["encrypted"] = info.encrypted;
  json["recipients"] = info.recipients;
  json["created_at"] = FormatTimestamp(info.created_at);
  json["completed_at"] = FormatTimestamp(info.completed_at);
  json["expires_at"] = FormatTimestamp(info.expires_at);
  json["engine_version"] = info.engine_version;
  json["repository"] = manifest.repository;
  json["pool"] = manifest.pool;
  json["store_format"] = manifest.store_format;
  json["erased_through"] = manifest.erased_through;
  if (!manifest.erased_also.empty()) json["erased_also"] = manifest.erased_also;
  json["sealed_bytes"] = manifest.sealed_bytes;
  json["sealed_sha256"] = manifest.sealed_sha256;
  return json;
}

Result<Timestamp> ParseTime(const nlohmann::json& json, const char* name) {
  Result<Timestamp> time = ParseTimestamp(json.at(name).get<std::string>());
  if (!time.ok()) return Damaged(std::string(name) + ": " + std::string(time.status().message()));
  return time;
}

Status ParseTimes(const nlohmann::json& json, BackupInfo& info) {
  for (const auto& [name, time] : {std::pair{"created_at", &info.created_at}, std::pair{"completed_at", &info.completed_at},
                                   std::pair{"expires_at", &info.expires_at}}) {
    COFFER_ASSIGN(Timestamp parsed, ParseTime(json, name));
    *time = parsed;
  }
  return Status::Ok();
}

Status ParseType(const nlohmann::json& json, const char* name, BackupType& type) {
  const std::optional<BackupType> parsed = ParseBackupType(json.at(name).get<std::string>());
  if (!parsed) return Damaged(std::string(name) + ": unknown type");
  type = *parsed;
  return Status::Ok();
}

// A value that becomes part of a name in the repository must be an id.
Status ParseIds(const nlohmann::json& json, BackupManifest& manifest) {
  manifest.info.id = json.at("id").get<std::string>();
  manifest.info.base_id = json.at("base_id").get<std::string>();
  manifest.pool = json.at("pool").get<std::string>();
  for (const std::string* id : {&manifest.info.id, &manifest.pool}) {
    if (!format::CheckId("id", *id).ok()) return Damaged("malformed id");
  }
  return Status::Ok();
}

// Manifests of earlier versions have no erased_also.
Status ParseErasures(const nlohmann::json& json, BackupManifest& manifest) {
  manifest.erased_through = json.at("erased_through").get<std::string>();
  const auto also = json.find("erased_also");
  if (also == json.end()) return Status::Ok();
  if (also->size() > kManifestErasuresMax) return Damaged("erased_also: too many erasures");
  manifest.erased_also = also->get<std::vector<std::string>>();
  for (const std::string& id : manifest.erased_also) {
    if (!format::CheckId("id", id).ok()) return Damaged("erased_also: malformed id");
  }
  std::ranges::sort(manifest.erased_also);
  return Status::Ok();
}

Status ParseInfo(const nlohmann::json& json, BackupManifest& manifest) {
  BackupInfo& info = manifest.info;
  COFFER_TRY(ParseIds(json, manifest));
  COFFER_TRY(ParseTimes(json, info));
  COFFER_TRY(ParseType(json, "backup_type", info.type));
  COFFER_TRY(ParseType(json, "requested_type", info.requested_type));
  info.name = json.at("name").get<std::string>();
  info.description = json.at("description").get<std::string>();
  const std::optional<BackupReason> reason = ParseBackupReason(json.at("reason").get<std::string>());
  if (!reason) return Damaged("reason: unknown name");
  info.reason = *reason;
  info.lineage = json.at("lineage").get<std::string>();
  info.sequence = UnsignedAt<std::uint64_t>(json, "sequence");
  if (info.sequence > kManifestSequenceMax) return Damaged("sequence: too large");
  info.file_bytes = UnsignedAt<std::uint64_t>(json, "file_bytes");
  info.stored_bytes = UnsignedAt<std::uint64_t>(json, "stored_bytes");
  info.record_count = UnsignedAt<std::uint64_t>(json, "record_count");
  info.contents_included = json.at("contents_included").get<bool>();
  info.logs_included = json.at("logs_included").get<bool>();
  info.compressed = json.at("compressed").get<bool>();
  info.encrypted = json.at("encrypted").get<bool>();
  info.recipients = json.at("recipients").get<std::vector<std::string>>();
  info.engine_version = json.at("engine_version").get<std::string>();
  manifest.repository = json.at("repository").get<std::string>();
  manifest.store_format = UnsignedAt<std::uint32_t>(json, "store_format");
  COFFER_TRY(ParseErasures(json, manifest));
  manifest.sealed_bytes = UnsignedAt<std::uint64_t>(json, "sealed_bytes");
  manifest.sealed_sha256 = json.at("sealed_sha256").get<std::string>();
  if (manifest.sealed_bytes > kManifestBytesMax) return Damaged("sealed_bytes: too large");
  return IsHex(manifest.sealed_sha256, kHexBytes) ? Status::Ok() : Damaged("sealed_sha256: malformed SHA-256");
}

Status ParseObjects(const nlohmann::json& json, BackupManifest& manifest) {
  if (json.size() > kManifestObjectsMax) return Damaged("too many objects");
  std::set<std::string, std::less<>> ids;
  for (const nlohmann::json& entry : json) {
    StoredObject object;
    object.id = entry.at("id").get<std::string>();
    object.stored_bytes = UnsignedAt<std::uint64_t>(entry, "stored_bytes");
    object.stored_sha256 = entry.at("stored_sha256").get<std::string>();
    if (!IsHex(object.id, kHexBytes)) return Damaged("malformed object id");
    if (!IsHex(object.stored_sha256, kHexBytes)) return Damaged("object " + object.id + ": malformed SHA-256");
    if (object.stored_bytes > kStoredBytesMax) return Damaged("object " + object.id + ": size too large");
    if (!ids.insert(object.id).second) return Damaged("object " + object.id + ": listed twice");
    manifest.objects.push_back(std::move(object));
  }
  return manifest.objects.empty() ? Damaged("it lists no objects") : Status::Ok();
}

Status CheckRequired(const nlohmann::json& json) {
  for (const nlohmann::json& name : json.value("required", nlohmann::json::array())) {
    if (std::ranges::find(kRequiredMembersKnown, name.get<std::string>()) != kRequiredMembersKnown.end()) continue;
    return Status::Unavailable("the backup requires a reader that supports \"" + name.get<std::string>() + "\"");
  }
  return Status::Ok();
}

Result<BackupManifest> ParseManifest(std::string_view line) {
  // Drops unknown members and deep values while parsing, so that a hostile text cannot build a large tree.
  const auto keep = [](int depth, nlohmann::json::parse_event_t event, const nlohmann::json& parsed) {
    constexpr int kDepthMax = 3;
    if (event != nlohmann::json::parse_event_t::key) return depth <= kDepthMax;
    return depth != 1 || std::ranges::find(kMembers, parsed.get_ref<const std::string&>()) != std::end(kMembers);
  };
  const nlohmann::json json = nlohmann::json::parse(line, keep);
  BackupManifest manifest;
  COFFER_TRY(CheckRequired(json));
  COFFER_TRY(ParseInfo(json, manifest));
  COFFER_TRY(ParseObjects(json.at("objects"), manifest));
  if (manifest.store_format > kStoreFormatWritten) {
    return Status::Unavailable("the backup's store has format " + std::to_string(manifest.store_format) +
                               "; this library reads formats up to " + std::to_string(kStoreFormatWritten));
  }
  return manifest;
}

// 0: the text does not begin with a version.
std::uint32_t VersionOf(std::string_view text) {
  std::uint32_t version = 0;
  if (!text.starts_with(kVersionPrefix)) return 0;
  text.remove_prefix(kVersionPrefix.size());
  for (std::size_t i = 0; i < std::min<std::size_t>(text.size(), 9) && text[i] >= '0' && text[i] <= '9'; ++i) {
    version = version * 10 + static_cast<std::uint32_t>(text[i] - '0');
  }
  return version;
}

}  // namespace

bool BackupManifest::ContainsErasure(std::string_view erase_id) const {
  return erase_id <= erased_through || std::ranges::binary_search(erased_also, erase_id);
}

Result<std::string> EncodeManifest(const BackupManifest& manifest) {
  try {
    OrderedJson json = InfoJson(manifest);
    json["objects"] = OrderedJson::array();
    for (const StoredObject& object : manifest.objects) {
      json["objects"].push_back(
          {{"id", object.id}, {"stored_bytes", object.stored_bytes}, {"stored_sha256", object.stored_sha256}});
    }
    std::string text = json.dump();
    text.pop_back();
    text += std::string(kChecksumPrefix) + Sha256Hex(text) + std::string(kChecksumSuffix) + "\n";
    if (text.size() > kManifestBytesMax) {
      return Status::ResourceExhausted("the manifest would be longer than " + std::to_string(kManifestBytesMax) + " bytes");
    }
    return text;
  } catch (const nlohmann::json::exception&) {
    return Status::InvalidArgument("name or description: not valid UTF-8");
  }
}

Result<BackupManifest> DecodeManifest(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  const std::uint32_t version = VersionOf(line);
  const bool has_checksum = line.size() > kTailBytes && line.ends_with(kChecksumSuffix) &&
                            line.substr(line.size() - kTailBytes).starts_with(kChecksumPrefix);
  const bool intact = has_checksum && Sha256Hex(line.substr(0, line.size() - kTailBytes)) ==
                                          line.substr(line.size() - kTailBytes + kChecksumPrefix.size(), kHexBytes);
  // A newer layout may have another checksum, so a missing one does not prove damage. A wrong one does, for every version.
  if (version > kManifestVersion && (intact || !has_checksum)) {
    return Status::Unavailable("the backup has layout " + std::to_string(version) + "; this library reads layout " +
                               std::to_string(kManifestVersion));
  }
  if (!intact) return Damaged("wrong checksum");
  if (version != kManifestVersion) return Damaged("it does not begin with a version");
  try {
    return ParseManifest(line);
  } catch (const nlohmann::json::exception& failure) {
    return Damaged(failure.what());
  }
}

}  // namespace coffer::operations
