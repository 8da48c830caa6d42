#include "backup_commands.h"
#include "output.h"

namespace coffer::cli {
namespace {

std::string CheckedInWords(const std::optional<BackupVerification>& verification) {
  if (!verification) return "not verified";
  return (verification->ok ? "verified" : "DAMAGED") + (" at level " + std::to_string(verification->level));
}

// A name may come from another store: it must not send control characters to the terminal.
std::string WithoutControls(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return text;
}

}  // namespace

std::string InWords(const BackupInfo& backup) {
  if (!backup.damage.empty())
    return backup.id + "  " + FormatTimestamp(backup.created_at) + "  damaged: " + WithoutControls(backup.damage);
  std::string line = backup.id + "  " + FormatTimestamp(backup.created_at) + "  " + std::string(BackupTypeName(backup.type)) +
                     "  " + Bytes(backup.file_bytes) + " (" + Bytes(backup.stored_bytes) + " stored)  " +
                     Grouped(backup.record_count) + " records  " + CheckedInWords(backup.verified) + "  " +
                     WithoutControls(backup.name);
  if (!backup.encrypted) line += "  (not encrypted)";
  if (!backup.contents_included) line += "  (without contents)";
  if (backup.reason == coffer::BackupReason::kSafety) line += "  (safety)";
  if (backup.deleted_at) line += "  (in the trash since " + FormatTimestamp(*backup.deleted_at) + ")";
  return line;
}

}  // namespace coffer::cli
