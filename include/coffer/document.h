// Document: the metadata of a document, plain data. Its content, the bytes, is stored apart and streamed (content.h).
// FORMAT.md defines the JSON form. An "id" below is as kIdBytesMax (limits.h) says. A put that breaks a rule below is
// kInvalidArgument and names the member.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "coffer/json.h"
#include "coffer/timestamp.h"
#include "coffer/visibility.h"

namespace coffer {

// The values are stored and never reused.
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

// An absent optional member is not stored, unless a default for puts is named.
struct Document {
  std::string id;                                // an id; empty on a put: the engine generates a ULID
  std::string owner_id;                          // an id; required
  std::string filename;                          // not empty; required
  std::optional<std::string> original_filename;  // absent on a put: filename
  std::optional<std::string> title;              // at most kTitleCharactersMax characters
  std::optional<std::string> description;
  std::optional<std::string> mime_type;
  std::optional<DocumentType> document_type;  // absent on a put: from mime_type, else from the file name, else kOther
  std::optional<DocumentStatus> status;       // absent on a put: kProcessed with a content, kPending without

  // Derived from the content if there is one. A put with a content may set them; they must then match it. A put without a
  // content stores them, and a content that is set later must match.
  std::optional<std::uint64_t> file_size;  // bytes
  std::optional<std::string> file_hash;    // SHA-256, 64 lower-case hex digits

  std::optional<std::string> extracted_text;
  std::optional<std::vector<std::string>> tags;   // at most kTagsMax
  std::optional<Json> extra_metadata;             // an object
  std::uint64_t version = 1;                      // above 0
  std::optional<std::string> parent_document_id;  // an id; the document need not exist
  bool is_public = false;                         // data: grants nothing
  std::optional<Timestamp> created_at;            // absent on a put: now
  std::optional<Timestamp> updated_at;            // absent on a put: created_at
  JsonMembers unknown_members;                    // members that Coffer does not know

  bool operator==(const Document&) const = default;
};

}  // namespace coffer
