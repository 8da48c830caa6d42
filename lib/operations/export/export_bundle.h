// ExportBundle: the files of one export: a single file as it is, several as a tar.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/file_system.h"
#include "coffer/result.h"
#include "coffer/timestamp.h"
#include "operations/export/export_file.h"
#include "operations/files/tar_writer.h"
#include "operations/files/temporary_files.h"
#include "operations/runner/live_operation.h"

namespace coffer::operations {

// A tar needs a file's length before its bytes, and the files of an export grow at the same time. They are first written to
// temporary files "<temporary_prefix>.<name>.partial", which the destructor removes. Contents have a known length and go into
// the tar directly, so an importer reads every content before the record that names it.
//
// One thread at a time. Files, output and context must outlive it.
class ExportBundle {
 public:
  struct Layout {
    std::vector<std::string> names;
    bool tar = false;  // false: one name; its bytes are the output
    std::string temporary_prefix;
    Timestamp time;
  };

  static Result<std::unique_ptr<ExportBundle>> Create(TemporaryFiles& files, ExportFile& output,
                                                      const OperationContext& context, const Layout& layout);
  ~ExportBundle();
  ExportBundle(const ExportBundle&) = delete;
  ExportBundle& operator=(const ExportBundle&) = delete;

  bool is_tar() const { return tar_ != nullptr; }
  // `file`: an index into the names.
  Status Write(std::size_t file, std::string_view bytes);

  // Writes one file of known length into the tar.
  Status BeginContent(const std::string& path, std::uint64_t size_bytes);
  Status WriteContent(std::string_view bytes);

  // Completes the files. The caller publishes the output. kCancelled: the operation was cancelled.
  Status Finish();

 private:
  struct TemporaryFile {
    std::string name;
    std::string path;
    std::unique_ptr<WritableFile> file;
    std::uint64_t bytes = 0;
  };

  ExportBundle(TemporaryFiles& files, ExportFile& output, const OperationContext& context)
      : files_(files), output_(output), context_(context) {}
  Status CopyTemporary(TemporaryFile& temporary);

  TemporaryFiles& files_;
  ExportFile& output_;
  const OperationContext& context_;
  std::unique_ptr<TarWriter> tar_;
  std::vector<TemporaryFile> temporaries_;
};

}  // namespace coffer::operations
