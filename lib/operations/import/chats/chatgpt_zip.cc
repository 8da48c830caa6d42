#include "operations/import/chats/chatgpt_zip.h"

#include <algorithm>

#include "coffer/limits.h"
#include "format/json/canonical_object.h"
#include "format/json/json_tokens.h"
#include "operations/import/chats/foreign_json.h"
#include "operations/import/input/file_below_folder.h"
#include "operations/import/input/json_items.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kHostileEntriesToldMax = 100;
constexpr std::size_t kFeedbackItemBytesMax = std::size_t{1} << 20;

std::string_view NameOfPath(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// conversations.json, conversations-000.json …
bool IsConversations(std::string_view name) {
  constexpr std::string_view kBegin = "conversations";
  constexpr std::string_view kEnd = ".json";
  if (!name.starts_with(kBegin) || !name.ends_with(kEnd)) return false;
  const std::string_view number = name.substr(kBegin.size(), name.size() - kBegin.size() - kEnd.size());
  return number.find_first_not_of("0123456789-_") == std::string_view::npos;
}

// Files about the account and settings, and copies of other data. Unknown JSON and HTML files next to them are not sent files
// either: the names of those begin with their ids.
bool IsAccount(std::string_view path) {
  constexpr std::string_view kKnown[] = {
      "chat.html", "export_manifest.json", "library_files.json", "model_comparisons.json", "shared_conversations.json",
      "user.json", "user_settings.json"};
  const std::string_view name = NameOfPath(path);
  if (std::ranges::find(kKnown, name) != std::end(kKnown)) return true;
  const bool is_sent_file = name.starts_with("file-") || name.starts_with("file_");
  const bool is_beside = name.size() == path.size();
  return is_beside && !is_sent_file && (name.ends_with(".json") || name.ends_with(".html"));
}

bool IsOfOperatingSystem(std::string_view path) { return path.starts_with("__MACOSX/") || NameOfPath(path).starts_with("."); }

Result<std::string> ReadWhole(ByteSource& bytes, std::size_t bytes_max) {
  std::string text;
  char piece[std::size_t{64} << 10];
  for (;;) {
    COFFER_ASSIGN(std::size_t got, bytes.Read(piece, sizeof piece));
    if (got == 0) return text;
    if (text.size() + got > bytes_max) return Status::Corruption("longer than " + std::to_string(bytes_max) + " bytes");
    text.append(piece, got);
  }
}

}  // namespace

ChatGptZip::Part ChatGptZip::PartOf(std::string_view path) {
  const std::string_view name = NameOfPath(path);
  if (IsOfOperatingSystem(path)) return Part::kNone;
  if (IsConversations(name)) return Part::kConversations;
  if (name == "message_feedback.json") return Part::kFeedback;
  if (name == "conversation_asset_file_names.json") return Part::kAssetNames;
  return IsAccount(path) ? Part::kNone : Part::kAsset;
}

Status ChatGptZip::Import() {
  Status damage = VisitEntries([this](Part part, const std::string& path, ZipReader& zip) { return Survey(part, path, zip); },
                               /*tell_hostile=*/true);
  if (!damage.ok() && damage.code() != StatusCode::kCorruption) return damage;
  if (conversation_files_ == 0 && damage.ok()) {
    return sink_.NoteFileProblem(name_, "is a ZIP file without conversations.json, not a ChatGPT export");
  }
  for (auto& [file, name] : asset_names_) archive_.assets.SetName(file, std::move(name));
  const Visit passes[] = {
      [this](Part part, const std::string& path, ZipReader& zip) { return ReadConversations(part, path, zip); },
      [this](Part part, const std::string& path, ZipReader& zip) { return ReadAsset(part, path, zip); }};
  for (const Visit& pass : passes) {
    Status status = VisitEntries(pass, /*tell_hostile=*/false);
    if (!status.ok() && status.code() != StatusCode::kCorruption) return status;
    if (damage.ok()) damage = std::move(status);
  }
  NoteFeedbackLeft();
  return damage;
}

Status ChatGptZip::VisitEntries(const Visit& visit, bool tell_hostile) {
  COFFER_ASSIGN(std::unique_ptr<ZipReader> zip, open_());
  ZipEntry entry;
  for (;;) {
    COFFER_ASSIGN(bool more, zip->Next(entry));
    if (!more) return Status::Ok();
    if (entry.is_folder) continue;
    Result<std::string> path = NormalizeRelativePath(entry.path);
    std::string_view why = path.ok() ? "" : path.status().message();
    if (path.ok() && !entry.is_file) why = "is a link or a device";
    if (path.ok() && !format::IsUtf8(*path)) why = "has a name that is not UTF-8";
    Status status;
    if (why.empty()) {
      status = visit(PartOf(*path), *path, *zip);
    } else if (tell_hostile) {
      status = TellHostile(entry.path, why);
    }
    if (status.code() == StatusCode::kCorruption) status = sink_.NoteFileProblem(name_, std::string(status.message()));
    COFFER_TRY(std::move(status));
  }
}

Status ChatGptZip::TellHostile(const std::string& path, std::string_view why) {
  if (++hostile_entries_ > kHostileEntriesToldMax) return Status::Ok();
  const std::string shown = format::IsUtf8(path) ? path.substr(0, kIdBytesMax) : "an entry";
  return sink_.NoteFileProblem(name_, "entry skipped: " + shown + ": " + std::string(why));
}

Status ChatGptZip::Survey(Part part, const std::string& path, ZipReader& zip) {
  switch (part) {
    case Part::kConversations:
      ++conversation_files_;
      return Status::Ok();
    case Part::kFeedback:
      return ReadFeedback(path, zip);
    case Part::kAssetNames:
      return ReadAssetNames(path, zip);
    case Part::kAsset:
      archive_.assets.Add(path);
      return Status::Ok();
    case Part::kNone:
      losses_.SetPlace(name_);
      losses_.Note(NameOfPath(path), "not imported as a record", path);
      break;
  }
  return Status::Ok();
}

Status ChatGptZip::ReadFeedback(const std::string& path, ZipReader& zip) {
  JsonItems items(zip, name_ + ": " + path, kFeedbackItemBytesMax);
  JsonItem item;
  std::size_t held_bytes = 0;
  losses_.SetPlace(name_);
  for (;;) {
    COFFER_ASSIGN(bool more, items.Next(item));
    if (!more) return Status::Ok();
    Result<std::string> canonical = CanonicalOf(item.text);
    const format::CanonicalObject feedback(canonical.ok() ? std::string_view(*canonical) : std::string_view());
    std::optional<std::string> message_id = feedback.Text("message_id");
    if (!message_id) message_id = feedback.Text("id");
    held_bytes += item.text.size();
    if (!message_id || held_bytes > kChatGptSideFileBytesMax) {
      const std::string_view why = message_id ? "more feedback than the limit" : "not feedback on a message";
      losses_.Note("message_feedback.json: []", why, "item " + std::to_string(item.number));
      continue;
    }
    archive_.feedback.insert_or_assign(*message_id, ChatGptArchive::Feedback{std::move(*canonical)});
  }
}

Status ChatGptZip::ReadAssetNames(const std::string& path, ZipReader& zip) {
  const std::string place = name_ + ": " + path;
  COFFER_ASSIGN_CONTEXT(std::string text, ReadWhole(zip, kChatGptSideFileBytesMax), place);
  Result<std::string> canonical = CanonicalOf(text);
  if (!canonical.ok()) return Status::Corruption(place + ": " + std::string(canonical.status().message()));
  const format::CanonicalObject names(*canonical);
  for (const format::CanonicalMember& member : names.members()) {
    if (std::optional<std::string> name = format::CanonicalText(member.value)) {
      asset_names_.emplace_back(member.Name(), std::move(*name));
    }
  }
  return Status::Ok();
}

Status ChatGptZip::ReadConversations(Part part, const std::string& path, ZipReader& zip) {
  if (part != Part::kConversations) return Status::Ok();
  const ReadChat read = [this](std::string_view json, FieldLosses& losses) {
    return ReadChatGptChat(json, owner_, archive_, losses);
  };
  return ImportChats(zip, name_ + ": " + path, path, read, sink_, losses_);
}

Status ChatGptZip::ReadAsset(Part part, const std::string& path, ZipReader& zip) {
  if (part != Part::kAsset) return Status::Ok();
  const ChatGptAsset* asset = archive_.assets.AtPath(path);
  if (asset == nullptr) return Status::Corruption(name_ + ": " + path + ": missing in the first reading of the archive");
  COFFER_TRY(sink_.PutChatDocument(DocumentOf(*asset, owner_), zip));
  // An unreadable file fails only its document; an archive over the size limit ends the import.
  return zip.CheckUnpacked();
}

void ChatGptZip::NoteFeedbackLeft() {
  losses_.SetPlace(name_);
  for (const auto& [message_id, feedback] : archive_.feedback) {
    if (!feedback.taken) losses_.Note("message_feedback.json: []", "refers to a message that is not in the export", message_id);
  }
}

}  // namespace coffer::operations
