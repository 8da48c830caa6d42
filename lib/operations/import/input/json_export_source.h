// JsonExportSource: converts a JSON export to lines of NDJSON, one per record, as a stream.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "coffer/import.h"
#include "coffer/result.h"
#include "format/json/json_scanner.h"

namespace coffer::operations {

// Members other than records ("coffer_export", "counts") are kept in memory up to this size.
inline constexpr std::size_t kExportHeaderBytesMax = std::size_t{1} << 20;

// Checks the text between the records; the reader of the lines checks the records. The n-th record becomes the n-th line. The
// source must outlive it; one thread at a time. Memory: two pieces and one member.
//
// Read returns all complete lines before it fails:
// kCorruption: truncated, malformed between the records, or the number of records differs from "counts".
// kInvalidArgument: the records of this export cannot be imported.
class JsonExportSource final : public ByteSource {
 public:
  // `name`: prefix of failure messages.
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
  // Takes the next part of the piece.
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
  std::string member_;  // the current name, without its quotes, not unescaped
  std::string value_;   // of a member that is not a list of records
  std::string counts_;
  Records* records_ = nullptr;
  format::JsonListState items_;  // of records_
};

// Whether `first_bytes` begin a JSON export.
bool LooksLikeJsonExport(std::string_view first_bytes);

}  // namespace coffer::operations
