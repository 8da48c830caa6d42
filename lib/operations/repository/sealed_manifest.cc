// The sealed part of a manifest: file names, digests of plain files, and counters by owner.
#include <nlohmann/json.hpp>
#include <set>

#include "format/records/sha256.h"
#include "operations/repository/manifest.h"
#include "operations/runner/journal_json.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::uint32_t kSealedVersion = 1;
constexpr std::size_t kHexBytes = 2 * format::kSha256Bytes;
constexpr std::size_t kFileNameBytesMax = 255;
constexpr std::uint64_t kFileBytesMax = std::uint64_t{1} << 43;

Status Damaged(const std::string& what) { return Status::Corruption("damaged sealed part: " + what); }

bool IsHex(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string DigestText(const format::Digest128& digest) {
  std::string bytes;
  for (std::uint64_t half : {digest.high, digest.low}) {
    for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>((half >> shift) & 0xFF);
  }
  return format::HexText(bytes);
}

Result<format::Digest128> ParseDigest(const std::string& text) {
  if (!IsHex(text, 32)) return Damaged("malformed digest");
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
    if (!kind) return Damaged("unknown kind \"" + name + "\"");
    COFFER_ASSIGN(format::Digest128 digest, ParseDigest(value.at("digest").get<std::string>()));
    tallies[*kind] = {UnsignedAt<std::uint64_t>(value, "count"), UnsignedAt<std::uint64_t>(value, "bytes"), digest};
  }
  return tallies;
}

Result<BackupFile> ParseFile(const nlohmann::json& json, std::size_t objects) {
  BackupFile file;
  file.name = json.at("name").get<std::string>();
  file.object = UnsignedAt<std::size_t>(json, "object");
  file.size_bytes = UnsignedAt<std::uint64_t>(json, "size_bytes");
  file.sha256 = json.at("sha256").get<std::string>();
  // A name becomes a path when the backup is restored.
  const bool plain = !file.name.empty() && file.name.size() <= kFileNameBytesMax && file.name != "." && file.name != ".." &&
                     file.name.find('/') == std::string::npos && file.name.find('\0') == std::string::npos;
  if (!plain) return Damaged("\"" + file.name + "\" is not a plain file name");
  if (file.object >= objects) return Damaged(file.name + ": its object is not in the manifest");
  if (file.size_bytes > kFileBytesMax) return Damaged(file.name + ": size too large");
  if (!IsHex(file.sha256, kHexBytes)) return Damaged(file.name + ": malformed SHA-256");
  return file;
}

Status ParseFiles(const nlohmann::json& json, const BackupManifest& manifest, SealedManifest& sealed) {
  if (json.size() > kManifestObjectsMax) return Damaged("too many files");
  std::set<std::string> names;
  std::uint64_t bytes = 0;
  for (const nlohmann::json& entry : json) {
    COFFER_ASSIGN(BackupFile file, ParseFile(entry, manifest.objects.size()));
    if (!names.insert(file.name).second) return Damaged(file.name + ": listed twice");
    if (file.name != kLogsFileName) bytes += file.size_bytes;  // a million times 2^43 fits
    sealed.files.push_back(std::move(file));
  }
  if (sealed.files.empty()) return Damaged("it lists no files");
  return bytes == manifest.info.file_bytes ? Status::Ok() : Damaged("the file sizes differ from the plain part");
}

Status ParseOwners(const nlohmann::json& json, const BackupManifest& manifest, SealedManifest& sealed) {
  for (const auto& [owner, tallies] : json.items()) {
    COFFER_ASSIGN(engine::KindTallies parsed, ParseTallies(tallies));
    sealed.by_owner[owner] = parsed;
  }
  const engine::KindTallies sum = sealed.Sum();
  std::uint64_t records = 0;
  for (Kind kind : {Kind::kConversation, Kind::kMessage, Kind::kDocument, Kind::kPrompt}) records += sum[kind].count;
  return records == manifest.info.record_count ? Status::Ok()
                                               : Damaged("the record counts of the owners differ from the plain part");
}

}  // namespace

engine::KindTallies SealedManifest::Sum() const {
  engine::KindTallies sum;
  for (const auto& [owner, tallies] : by_owner) sum.Add(tallies);
  return sum;
}

Result<std::string> EncodeSealedManifest(const SealedManifest& sealed) {
  OrderedJson json;
  json["coffer_sealed"] = kSealedVersion;
  json["files"] = OrderedJson::array();
  for (const BackupFile& file : sealed.files) {
    json["files"].push_back(
        {{"name", file.name}, {"object", file.object}, {"size_bytes", file.size_bytes}, {"sha256", file.sha256}});
  }
  json["kinds"] = TalliesJson(sealed.Sum());
  // nlohmann::json looks a name up in a tree, ordered_json in a list, which is slow for many owners.
  nlohmann::json owners = nlohmann::json::object();
  for (const auto& [owner, tallies] : sealed.by_owner) owners[owner] = TalliesJson(tallies);
  std::string text = json.dump();
  text.back() = ',';
  text += "\"owners\":" + owners.dump() + "}\n";
  if (text.size() > kManifestBytesMax) {
    return Status::ResourceExhausted("the manifest would be longer than " + std::to_string(kManifestBytesMax) + " bytes");
  }
  return text;
}

Result<SealedManifest> DecodeSealedManifest(std::string_view text, const BackupManifest& manifest) {
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    if (UnsignedAt<std::uint32_t>(json, "coffer_sealed") > kSealedVersion)
      return Status::Unavailable("the sealed part was written by a newer version");
    SealedManifest sealed;
    COFFER_TRY(ParseFiles(json.at("files"), manifest, sealed));
    COFFER_TRY(ParseOwners(json.at("owners"), manifest, sealed));
    COFFER_ASSIGN(engine::KindTallies kinds, ParseTallies(json.at("kinds")));
    if (kinds != sealed.Sum()) return Damaged("the tallies of the owners do not add up to those of the kinds");
    return sealed;
  } catch (const nlohmann::json::exception& failure) {
    return Damaged(failure.what());
  }
}

}  // namespace coffer::operations
