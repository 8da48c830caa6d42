// JsonExportSource: a JSON export as lines of NDJSON, one a record, without holding it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "coffer/import.h"
#include "coffer/result.h"
#include "format/json/json_scanner.h"

namespace coffer::operations {

// A member of the export besides its records is held to be looked at: "coffer_export", "counts".
inline constexpr std::size_t kExportHeaderBytesMax = std::size_t{1} << 20;

// Judges what stands between the records; the records themselves are for the reader of lines to judge. The n-th record is the n-th
// line. The source must outlive it; one thread at a time. Memory: two pieces and a header.
//
// Read fails once the lines before are handed out: kCorruption: cut off, malformed between records, or not as many records as it
// says. kInvalidArgument: an export whose records cannot be imported.
class JsonExportSource final : public ByteSource {
 public:
  // `name` stands before what goes wrong.
  JsonExportSource(ByteSource& source, std::string name) : source_(source), name_(std::move(name)) {}
  Result<std::size_t> Read(char* buffer, std::size_t length) override;

 private:
  enum class State { kStart, kMembers, kName, kColon, kValue, kOther, kItems, kItemBegun, kItem, kEnd };
  struct Records {
    std::string_view member;
    std::string_view type;
    std::uint64_t count = 0;
  };

  Status Fill();
  // Takes what it can of the piece.
  Status TakePiece();
  Status TakeToken(char c);
  Status TakeName();
  Status BeginName(char c);
  Status BeginValue(char c);
  Status TakeBetweenItems(char c);
  void BeginItem(char c);
  Status TakeValue(std::string& out);
  Status EndValue();
  Status EndInput();
  Status Malformed(std::string_view reason) const;

  ByteSource& source_;
  const std::string name_;
  std::array<Records, 3> kinds_ = {{{"conversations", "conversation"}, {"documents", "document"}, {"prompts", "prompt"}}};
  State state_ = State::kStart;
  std::string piece_;
  format::JsonScanner scanner_;  // of piece_
  std::string out_;
  std::size_t out_taken_ = 0;
  bool at_end_ = false;
  Status failure_;

  format::JsonListState members_;
  std::string member_;  // the current one, as it is between its quotes
  std::string value_;   // of a member that is not a list of records
  std::string counts_;
  Records* records_ = nullptr;
  format::JsonListState items_;  // of records_
};

// Whether `first_bytes` begin a JSON export.
bool LooksLikeJsonExport(std::string_view first_bytes);

}  // namespace coffer::operations
