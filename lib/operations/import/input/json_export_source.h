// JsonExportSource: a JSON export as lines of NDJSON, one a record, without holding it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "coffer/import.h"
#include "coffer/result.h"

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
  enum class State { kStart, kName, kColon, kValue, kOther, kItems, kItem, kMembersEnd, kEnd };
  enum class Between { kOpened, kRecord, kComma };
  struct Records {
    std::string_view member;
    std::string_view type;
    std::uint64_t count = 0;
  };

  Status Fill();
  // Each takes what it can from `at` on.
  Status TakeBetween(std::size_t& at);
  Status TakeValue(std::size_t& at, std::string& out);
  Status BeginValue(char first);
  Status BeginItem(std::size_t at);
  Status TakeBetweenItems(char c, std::size_t at);
  Status EndMember();
  Status EndInput();
  Status Malformed(std::size_t at, std::string_view reason) const;

  ByteSource& source_;
  const std::string name_;
  std::array<Records, 3> kinds_ = {{{"conversations", "conversation"}, {"documents", "document"}, {"prompts", "prompt"}}};
  State state_ = State::kStart;
  std::string piece_;
  std::uint64_t piece_offset_ = 0;
  std::string out_;
  std::size_t out_taken_ = 0;
  bool at_end_ = false;
  Status failure_;

  std::string member_;  // the one under way, as it stands between its quotes
  std::string value_;   // of one that is no list of records
  std::string counts_;
  Records* records_ = nullptr;
  bool item_opened_ = false;  // nothing but its brace was seen
  int depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
  Between between_ = Between::kOpened;  // what came last among the records
};

// Whether `first_bytes` begin a JSON export.
bool LooksLikeJsonExport(std::string_view first_bytes);

}  // namespace coffer::operations
