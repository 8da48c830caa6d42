// DocumentContents: reads the contents of imported documents from the folder or tar file of ImportOptions::contents.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "coffer/content.h"
#include "coffer/document.h"
#include "coffer/engine.h"
#include "coffer/import.h"
#include "coffer/result.h"

namespace coffer::operations {

class TarReader;
struct TarEntry;

// A document whose line has been read and whose content has not.
struct PendingDocument {
  Document document;
  std::size_t file = 0;
  std::uint64_t line = 0;
  std::string path;     // the normalized `filename`
  std::string refusal;  // why the entry of that name cannot be used; empty if not seen yet
};

// Receives finished documents. A failed Status ends the import.
class DocumentSink {
 public:
  virtual ~DocumentSink() = default;
  virtual Status PutDocumentContent(const PendingDocument& pending, ContentWriter content) = 0;
  virtual Status RefuseDocument(const PendingDocument& pending, std::string reason) = 0;
  // Reports a problem of the contents that concerns no single document.
  virtual Status NoteFileProblem(std::string file, std::string reason) = 0;
};

// Memory of the documents that wait for entries of a tar file. At the limit, the file is read once.
inline constexpr std::size_t kPendingDocumentsBytesMax = std::size_t{32} << 20;
// Documents of the same file name served by one reading of an entry. More of them need another reading.
inline constexpr std::size_t kPendingDocumentsOfOneNameMax = 8;

// A tar file can be read only in its own order, so documents wait and the file is read whenever enough of them are waiting. One
// thread at a time; engine, options and sink must outlive it.
class DocumentContents {
 public:
  DocumentContents(Engine& engine, const ImportOptions& options, DocumentSink& sink);

  // Checks the path in the options.
  // kNotFound: it does not exist.
  // kInvalidArgument: it is neither a folder nor a tar file.
  Status Open();
  bool given() const { return !place_.empty(); }

  // Takes a document. It reaches the sink in this call or a later one, at the latest in Finish.
  Status Deliver(PendingDocument pending);
  // Ends the documents: passes those that wait to the sink, with their content or as refused.
  Status Finish();

 private:
  Status ReadTar();
  Status TakeEntry(TarReader& tar, const TarEntry& entry);
  Status DeliverEntry(TarReader& tar, const std::vector<std::size_t>& wanted);
  Status RefuseLeftOver();

  Engine& engine_;
  const std::string place_;
  DocumentSink& sink_;
  bool is_folder_ = false;
  bool tar_read_before_ = false;
  std::uint64_t hostile_entries_ = 0;
  std::vector<PendingDocument> pending_;
  std::vector<bool> done_;  // by index into pending_, while the tar is read
  std::size_t pending_bytes_ = 0;
};

// Copies `source` to its end into a new content. `refusal` receives a failure of the source and the excess of the size limit.
// The Status is a failure of the engine.
Status CopyContent(Engine& engine, ByteSource& source, std::optional<ContentWriter>& content, std::string& refusal);

}  // namespace coffer::operations
