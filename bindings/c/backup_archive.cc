// Backup archives: a backup as one tar file.
#include <utility>

#include "arguments.h"
#include "coffer/backup.h"
#include "engine_use.h"
#include "texts.h"

struct coffer_backup_archive {
  coffer::c::EngineUse use;
  coffer::BackupArchive archive;
};

using namespace coffer::c;  // NOLINT(google-build-using-namespace): this file is the C boundary of that namespace

coffer_status coffer_backup_archive_open(coffer_engine* engine, coffer_text backup_id, coffer_backup_archive** archive,
                                         coffer_error** error) {
  return CallFor(archive, error, [&] {
    EngineUse use(engine);
    auto opened = Value(coffer::OpenBackupArchive(*use, View(backup_id, "backup_id")));
    return std::make_unique<coffer_backup_archive>(coffer_backup_archive{std::move(use), std::move(opened)});
  });
}

void coffer_backup_archive_free(coffer_backup_archive* archive) { delete archive; }

coffer_text coffer_backup_archive_id(const coffer_backup_archive* archive) {
  return archive == nullptr ? NoText() : Out(archive->archive.backup_id);
}

uint64_t coffer_backup_archive_size(const coffer_backup_archive* archive) {
  return archive == nullptr ? 0 : archive->archive.size_bytes;
}

coffer_status coffer_backup_archive_read(const coffer_backup_archive* archive, uint64_t offset, void* buffer, size_t length,
                                         size_t* bytes_read, coffer_error** error) {
  if (bytes_read != nullptr) *bytes_read = 0;
  return Call(error, [&] {
    const auto& open = Given(archive, "the archive").archive;
    Given(bytes_read, "bytes_read");
    CheckSpan(buffer, length, "buffer");
    if (offset < open.size_bytes) *bytes_read = Value(open.file->Read(offset, length, static_cast<char*>(buffer)));
  });
}
