// ExportBundle: the files that one export is made of, alone as they are, several as a tar.
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

// A tar tells a file's length before its bytes, and files grow side by side: so they wait in files of their own, named
// "<spool prefix>.<name>.partial" and removed at the end, while contents, whose length is known, go straight into the tar, ahead
// of them. An importer thus meets every content before the record that names it.
//
// One thread at a time. Output, spool files and context must outlive it.
class ExportBundle {
 public:
  struct Layout {
    std::vector<std::string> names;
    bool tar = false;  // false: one name, whose bytes are the output
    std::string temporary_prefix;
    Timestamp time;
  };

  static Result<std::unique_ptr<ExportBundle>> Create(TemporaryFiles& files, ExportFile& output,
                                                      const OperationContext& context, const Layout& layout);
  ~ExportBundle();
  ExportBundle(const ExportBundle&) = delete;
  ExportBundle& operator=(const ExportBundle&) = delete;

  bool is_tar() const { return tar_ != nullptr; }
  // `file`: its place among the names.
  Status Write(std::size_t file, std::string_view bytes);

  // A whole file of known length within the tar.
  Status BeginContent(const std::string& path, std::uint64_t size_bytes);
  Status WriteContent(std::string_view bytes);

  // Ends what Write has written; kCancelled where the operation is to end. The output is the caller's to publish.
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
