// DocumentContents: where the contents of imported documents come from, when a folder or a tar file is given for them.
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

// A document whose line is read and whose content is not.
struct PendingDocument {
  Document document;
  std::size_t file = 0;
  std::uint64_t line = 0;
  std::string path;     // `filename`, normalised
  std::string refusal;  // why the entry of that name will not do; empty while none was seen
};

// Where finished documents go. A failed Status ends the import.
class DocumentSink {
 public:
  virtual ~DocumentSink() = default;
  virtual Status PutDocumentContent(const PendingDocument& pending, ContentWriter content) = 0;
  virtual Status RefuseDocument(const PendingDocument& pending, std::string reason) = 0;
  // Something about the contents that belongs to no document.
  virtual Status NoteFileProblem(std::string file, std::string reason) = 0;
};

// Documents wait for a tar file's entries in at most this much memory; then the file is read through once.
inline constexpr std::size_t kPendingDocumentsBytesMax = std::size_t{32} << 20;
// Documents of one file name that take their content from one reading of an entry; the others wait for the next one.
inline constexpr std::size_t kPendingDocumentsOfOneNameMax = 8;

// A tar file is a stream, and documents come in another order: so documents wait, and the file is read whenever enough of
// them do. One thread at a time; engine, options and sink must outlive it.
class DocumentContents {
 public:
  DocumentContents(Engine& engine, const ImportOptions& options, DocumentSink& sink);

  // Looks at the place given in the options. kNotFound; kInvalidArgument: neither a folder nor a tar file.
  Status Open();
  bool given() const { return !place_.empty(); }

  // Takes a document. It goes to the sink now or at the latest in Finish.
  Status Deliver(PendingDocument pending);
  // No more documents: all that wait get their content, or are refused.
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
  std::vector<bool> done_;  // of pending_, during a reading
  std::size_t pending_bytes_ = 0;
};

// Copies all of `source` into a new content. A failure of the source, or a content that is too long, is put in `refusal`; a
// failure of the engine is the Status.
Status CopyContent(Engine& engine, ByteSource& source, std::optional<ContentWriter>& content, std::string& refusal);

}  // namespace coffer::operations
