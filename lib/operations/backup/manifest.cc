#include "operations/backup/manifest.h"

#include <algorithm>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "coffer/version.h"
#include "format/sha256.h"

namespace coffer::operations {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::uint32_t kManifestVersion = 1;
constexpr std::string_view kVersionPrefix = "{\"coffer_backup\":";
constexpr std::string_view kChecksumPrefix = ",\"manifest_sha256\":\"";
constexpr std::string_view kChecksumSuffix = "\"}\n";
constexpr std::size_t kHexBytes = 2 * format::kSha256Bytes;
constexpr std::size_t kTailBytes = kChecksumPrefix.size() + kHexBytes + kChecksumSuffix.size();
constexpr std::size_t kFileNameBytesMax = 255;
constexpr std::uint64_t kFileBytesMax = std::uint64_t{1} << 50;

std::string DigestText(const format::Digest128& digest) {
  std::string bytes;
  for (std::uint64_t half : {digest.high, digest.low}) {
    for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>((half >> shift) & 0xFF);
  }
  return format::HexText(bytes);
}

bool IsHex(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Status Damaged(const std::string& what) { return Status::Corruption("damaged manifest: " + what); }

Result<format::Digest128> ParseDigest(const std::string& text) {
  if (!IsHex(text, 32)) return Damaged("a digest that is none");
  format::Digest128 digest;
  digest.high = std::stoull(text.substr(0, 16), nullptr, 16);
  digest.low = std::stoull(text.substr(16), nullptr, 16);
  return digest;
}

OrderedJson TalliesJson(const engine::KindTallies& tallies) {
  OrderedJson json = OrderedJson::object();
  for (Kind kind : kAllKinds) {
    const format::Tally& tally = tallies[kind];
    if (tally == format::Tally()) continue;
    json[std::string(KindNamePlural(kind))] = {
        {"count", tally.count}, {"bytes", tally.bytes}, {"digest", DigestText(tally.digest)}};
  }
  return json;
}

Result<engine::KindTallies> ParseTallies(const nlohmann::json& json) {
  engine::KindTallies tallies;
  for (const auto& [name, value] : json.items()) {
    const std::optional<Kind> kind = ParseKind(name);
    if (!kind) return Damaged("there is no kind \"" + name + "\"");
    Result<format::Digest128> digest = ParseDigest(value.at("digest").get<std::string>());
    if (!digest.ok()) return std::move(digest).status();
    tallies[*kind] = {value.at("count").get<std::uint64_t>(), value.at("bytes").get<std::uint64_t>(), *digest};
  }
  return tallies;
}

OrderedJson InfoJson(const BackupManifest& manifest) {
  const BackupInfo& info = manifest.info;
  OrderedJson json;
  json["coffer_backup"] = kManifestVersion;
  json["id"] = info.id;
  json["name"] = info.name;
  json["description"] = info.description;
  json["reason"] = info.reason;
  json["created_at"] = FormatTimestamp(info.created_at);
  json["completed_at"] = FormatTimestamp(info.completed_at);
  json["expires_at"] = FormatTimestamp(info.expires_at);
  json["engine_version"] = info.engine_version;
  json["store_format"] = manifest.store_format;
  json["erased_through"] = manifest.erased_through;
  return json;
}

Result<BackupFile> ParseFile(const nlohmann::json& json) {
  BackupFile file;
  file.name = json.at("name").get<std::string>();
  file.size_bytes = json.at("size_bytes").get<std::uint64_t>();
  file.sha256 = json.at("sha256").get<std::string>();
  const bool plain = !file.name.empty() && file.name.size() <= kFileNameBytesMax && file.name != "." && file.name != ".." &&
                     file.name.find('/') == std::string::npos && file.name.find('\0') == std::string::npos;
  if (!plain) return Damaged("\"" + file.name + "\" is no plain file name");
  if (file.size_bytes > kFileBytesMax) return Damaged(file.name + ": a size that no file has");
  if (!IsHex(file.sha256, kHexBytes)) return Damaged(file.name + ": a SHA-256 that is none");
  return file;
}

Status ParseFiles(const nlohmann::json& json, BackupManifest& manifest) {
  if (json.size() > kManifestFilesMax) return Damaged("too many files");
  std::set<std::string> names;
  for (const nlohmann::json& entry : json) {
    Result<BackupFile> file = ParseFile(entry);
    if (!file.ok()) return std::move(file).status();
    if (!names.insert(file->name).second) return Damaged(file->name + ": is named twice");
    if (file->size_bytes > std::numeric_limits<std::uint64_t>::max() - manifest.info.file_bytes) {
      return Damaged("sizes that no device holds");
    }
    manifest.info.file_bytes += file->size_bytes;
    manifest.files.push_back(std::move(*file));
  }
  return manifest.files.empty() ? Damaged("it names no files") : Status::Ok();
}

Result<Timestamp> ParseTime(const nlohmann::json& json, const char* name) {
  Result<Timestamp> time = ParseTimestamp(json.at(name).get<std::string>());
  if (!time.ok()) return Damaged(std::string(name) + ": " + std::string(time.status().message()));
  return time;
}

Status ParseInfo(const nlohmann::json& json, BackupManifest& manifest) {
  BackupInfo& info = manifest.info;
  info.id = json.at("id").get<std::string>();
  info.name = json.at("name").get<std::string>();
  info.description = json.at("description").get<std::string>();
  info.reason = json.at("reason").get<std::string>();
  info.engine_version = json.at("engine_version").get<std::string>();
  manifest.store_format = json.at("store_format").get<std::uint32_t>();
  manifest.erased_through = json.value("erased_through", "");
  for (const auto& [name, time] : {std::pair{"created_at", &info.created_at}, std::pair{"completed_at", &info.completed_at},
                                   std::pair{"expires_at", &info.expires_at}}) {
    Result<Timestamp> parsed = ParseTime(json, name);
    if (!parsed.ok()) return std::move(parsed).status();
    *time = *parsed;
  }
  return Status::Ok();
}

Result<BackupManifest> ParseManifest(std::string_view text) {
  const nlohmann::json json = nlohmann::json::parse(text);
  BackupManifest manifest;
  if (Status status = ParseInfo(json, manifest); !status.ok()) return status;
  if (Status status = ParseFiles(json.at("files"), manifest); !status.ok()) return status;
  for (const auto& [owner, tallies] : json.at("owners").items()) {
    Result<engine::KindTallies> parsed = ParseTallies(tallies);
    if (!parsed.ok()) return std::move(parsed).status();
    manifest.by_owner[owner] = *parsed;
  }
  Result<engine::KindTallies> kinds = ParseTallies(json.at("kinds"));
  if (!kinds.ok()) return std::move(kinds).status();
  const engine::KindTallies sum = manifest.Sum();
  if (*kinds != sum) return Damaged("the tallies of the owners do not add up to those of the kinds");
  for (Kind kind : {Kind::kConversation, Kind::kMessage, Kind::kDocument, Kind::kPrompt}) {
    manifest.info.record_count += sum[kind].count;
  }
  return manifest;
}

// 0 where there is no version to be seen.
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

engine::KindTallies BackupManifest::Sum() const {
  engine::KindTallies sum;
  for (const auto& [owner, tallies] : by_owner) sum.Add(tallies);
  return sum;
}

Result<std::string> EncodeManifest(const BackupManifest& manifest) {
  try {
    OrderedJson json = InfoJson(manifest);
    json["files"] = OrderedJson::array();
    for (const BackupFile& file : manifest.files) {
      json["files"].push_back({{"name", file.name}, {"size_bytes", file.size_bytes}, {"sha256", file.sha256}});
    }
    json["kinds"] = TalliesJson(manifest.Sum());
    // A plain object sorts its members; an ordered one looks each name up by walking all before it.
    nlohmann::json owners = nlohmann::json::object();
    for (const auto& [owner, tallies] : manifest.by_owner) owners[owner] = TalliesJson(tallies);
    std::string text = json.dump();
    text.back() = ',';
    text += "\"owners\":" + owners.dump();
    format::Sha256 hash;
    hash.Update(text);
    text += std::string(kChecksumPrefix) + format::HexText(hash.Finish()) + std::string(kChecksumSuffix);
    if (text.size() > kManifestBytesMax) {
      return Status::ResourceExhausted("the manifest would be longer than " + std::to_string(kManifestBytesMax) + " bytes");
    }
    return text;
  } catch (const nlohmann::json::exception&) {
    return Status::InvalidArgument("name or description: is not valid UTF-8");
  }
}

Result<BackupManifest> DecodeManifest(std::string_view text) {
  const std::uint32_t version = VersionOf(text);
  const bool has_checksum = text.size() > kTailBytes && text.ends_with(kChecksumSuffix) &&
                            text.substr(text.size() - kTailBytes).starts_with(kChecksumPrefix);
  bool intact = false;
  if (has_checksum) {
    format::Sha256 hash;
    hash.Update(text.substr(0, text.size() - kTailBytes));
    intact = format::HexText(hash.Finish()) == text.substr(text.size() - kTailBytes + kChecksumPrefix.size(), kHexBytes);
  }
  // A newer layout may have another checksum, so its absence is no damage; a wrong one is, whatever the version says.
  if (version > kManifestVersion && (intact || !has_checksum)) {
    return Status::Unavailable("the backup has layout " + std::to_string(version) + "; this library reads layout " +
                               std::to_string(kManifestVersion));
  }
  if (!intact) return Damaged("its checksum does not fit");
  if (version != kManifestVersion) return Damaged("it does not begin with its version");
  try {
    Result<BackupManifest> manifest = ParseManifest(text);
    if (manifest.ok() && manifest->store_format > kStoreFormatWritten) {
      return Status::Unavailable("the backup's store has format " + std::to_string(manifest->store_format) +
                                 "; this library reads formats up to " + std::to_string(kStoreFormatWritten));
    }
    return manifest;
  } catch (const nlohmann::json::exception& failure) {
    return Damaged(failure.what());
  }
}

}  // namespace coffer::operations
