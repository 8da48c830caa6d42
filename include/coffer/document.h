// Document: the metadata of a document, plain data. Its content is bytes, stored apart and streamed (content.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "coffer/json.h"
#include "coffer/timestamp.h"
#include "coffer/visibility.h"

namespace coffer {

enum class DocumentType : std::uint8_t {
  kPdf = 0,
  kText = 1,
  kMarkdown = 2,
  kHtml = 3,
  kDoc = 4,
  kDocx = 5,
  kRtf = 6,
  kOdt = 7,
  kCsv = 8,
  kJson = 9,
  kXml = 10,
  kOther = 11,
};
enum class DocumentStatus : std::uint8_t { kPending = 0, kProcessing = 1, kProcessed = 2, kFailed = 3, kArchived = 4 };

struct Document {
  std::string id;                                // empty on a put: the engine makes a ULID
  std::string owner_id;                          // required
  std::string filename;                          // required
  std::optional<std::string> original_filename;  // absent on a put: filename
  std::optional<std::string> title;
  std::optional<std::string> description;
  std::optional<std::string> mime_type;
  std::optional<DocumentType> document_type;  // absent on a put: from mime_type, else the file name, else other
  std::optional<DocumentStatus> status;       // absent on a put: processed with a content, pending without

  // Derived from the content once there is one. Given with a content they must fit it. Given without one they are kept
  // and held against the content that comes later.
  std::optional<std::uint64_t> file_size;
  std::optional<std::string> file_hash;  // SHA-256, 64 lower-case hex digits

  std::optional<std::string> extracted_text;
  std::optional<std::vector<std::string>> tags;
  std::optional<Json> extra_metadata;  // an object
  std::uint64_t version = 1;           // above 0
  std::optional<std::string> parent_document_id;
  bool is_public = false;
  std::optional<Timestamp> created_at;  // absent on a put: now
  std::optional<Timestamp> updated_at;  // absent on a put: created_at
  JsonMembers unknown_members;

  bool operator==(const Document&) const = default;
};

}  // namespace coffer
