// Shared by the import tests of other programs: imports from memory and from files, and a ZIP like the published ones.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <string>
#include <utility>
#include <vector>

#include "operations/import/run_import.h"
#include "operations/operations_fixture.h"

namespace coffer::operations {

using ZipFiles = std::vector<std::pair<std::string, std::string>>;

inline std::string ZipOf(const ZipFiles& files) {
  std::string bytes;
  struct archive* zip = archive_write_new();
  EXPECT_EQ(archive_write_set_format_zip(zip), ARCHIVE_OK);
  EXPECT_EQ(archive_write_set_bytes_in_last_block(zip, 1), ARCHIVE_OK);
  const auto take = [](struct archive*, void* out, const void* piece, std::size_t length) {
    static_cast<std::string*>(out)->append(static_cast<const char*>(piece), length);
    return static_cast<la_ssize_t>(length);
  };
  EXPECT_EQ(archive_write_open(zip, &bytes, nullptr, take, nullptr), ARCHIVE_OK);
  for (const auto& [path, content] : files) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, path.c_str());
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    EXPECT_EQ(archive_write_header(zip, entry), ARCHIVE_OK) << path;
    EXPECT_EQ(archive_write_data(zip, content.data(), content.size()), static_cast<la_ssize_t>(content.size()));
    archive_entry_free(entry);
  }
  EXPECT_EQ(archive_write_close(zip), ARCHIVE_OK);
  archive_write_free(zip);
  return bytes;
}

class ChatImportTest : public OperationsTest {
 protected:
  static ImportOptions Options(ImportFormat format = ImportFormat::kAuto) {
    ImportOptions options;
    options.format = format;
    options.owner = "anna";
    return options;
  }

  // From memory, a few bytes at a time.
  Result<ImportReport> ImportText(std::string bytes, const ImportOptions& options = Options()) {
    TextSource source(std::move(bytes));
    return ImportWithLineLimit(engine(), source, "input", options);
  }

  Result<ImportReport> ImportZip(const std::string& bytes, const ImportOptions& options = Options()) {
    const std::string path = directory_.File("export.zip");
    WriteBytes(path, bytes);
    return RunImport(engine(), {path}, options);
  }

  // One "field: reason (count)" per line.
  static std::string Losses(const ImportReport& report) {
    std::string lines;
    for (const ImportLoss& loss : report.losses) {
      lines += loss.field + ": " + loss.reason + " (" + std::to_string(loss.count) + ")\n";
    }
    return lines;
  }

  static std::string Errors(const ImportReport& report) {
    std::string lines;
    for (const ImportError& error : report.errors) lines += std::to_string(error.line) + ": " + error.reason + "\n";
    return lines;
  }

  std::string Json(const std::string& conversation_id) {
    Result<std::string> json = engine().GetConversationJson(conversation_id, true);
    return json.ok() ? *json : json.status().ToString();
  }

  // The contents of its messages, one after the other.
  std::string Contents(const std::string& conversation_id) {
    std::string contents;
    for (std::uint64_t i = 0;; ++i) {
      Result<Message> message = engine().GetMessage(conversation_id, i);
      if (!message.ok()) return contents;
      contents += (i == 0 ? "" : "|") + message->content;
    }
  }
};

}  // namespace coffer::operations
