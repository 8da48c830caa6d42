#include "operations/export/row_sorter.h"

#include <algorithm>
#include <queue>

#include "vocabulary/fixed_width.h"
#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kReadBytes = std::size_t{256} << 10;
// Memory of a std::string besides its bytes.
constexpr std::size_t kRowOverheadBytes = 64;

void AppendCells(RowSorter::Cells cells, std::string& row) {
  for (std::string_view cell : cells) {
    format::AppendLittleEndian(static_cast<std::uint32_t>(cell.size()), row);
    row += cell;
  }
}

std::string_view TakeCell(format::FieldReader& fields) { return fields.Bytes(fields.Number<std::uint32_t>()); }

}  // namespace

// A sorted file, row by row.
class RowSorter::Run {
 public:
  explicit Run(std::unique_ptr<RandomAccessFile> file) : file_(std::move(file)) {}

  // The next row, valid until the next call. Nothing at the end.
  Result<std::optional<std::string_view>> Next() {
    COFFER_TRY(Fill(sizeof(std::uint32_t)));
    if (begin_ == buffer_.size()) return std::optional<std::string_view>();
    format::FieldReader length(std::string_view(buffer_).substr(begin_));
    const std::size_t bytes = length.Number<std::uint32_t>();
    COFFER_TRY(Fill(sizeof(std::uint32_t) + bytes));
    const std::string_view row = std::string_view(buffer_).substr(begin_ + sizeof(std::uint32_t), bytes);
    if (row.size() != bytes) return Status::IoError("temporary sort file: unexpected end of file");
    begin_ += sizeof(std::uint32_t) + bytes;
    return std::optional(row);
  }

 private:
  // Reads ahead until `bytes` bytes follow begin_ or the file ends.
  Status Fill(std::size_t bytes) {
    if (buffer_.size() - begin_ >= bytes) return Status::Ok();
    buffer_.erase(0, begin_);
    begin_ = 0;
    while (buffer_.size() < bytes) {
      const std::size_t had = buffer_.size();
      buffer_.resize(had + std::max(kReadBytes, bytes - had));
      Result<std::size_t> got = file_->Read(offset_, buffer_.size() - had, buffer_.data() + had);
      buffer_.resize(had + (got.ok() ? *got : 0));
      if (!got.ok()) return std::move(got).status();
      if (*got == 0) return Status::Ok();
      offset_ += *got;
    }
    return Status::Ok();
  }

  std::unique_ptr<RandomAccessFile> file_;
  std::uint64_t offset_ = 0;
  std::string buffer_;
  std::size_t begin_ = 0;
};

RowSorter::RowSorter(TemporaryFiles& files, std::string prefix, std::vector<QueryOrder> order,
                     std::optional<std::uint64_t> limit, std::size_t bytes_max)
    : files_(files), prefix_(std::move(prefix)), order_(std::move(order)), limit_(limit), bytes_max_(bytes_max) {}

RowSorter::~RowSorter() { RemoveRuns(); }

void RowSorter::RemoveRuns() {
  for (const std::string& run : runs_)
    files_.Remove(run).Ignore();  // a file that remains is removed when the store is next opened
  runs_.clear();
}

bool RowSorter::IsBefore(std::string_view a, std::string_view b) const {
  format::FieldReader keys_a(a);
  format::FieldReader keys_b(b);
  for (const QueryOrder& order : order_) {
    const std::string_view key_a = TakeCell(keys_a);
    const std::string_view key_b = TakeCell(keys_b);
    const int compared = CompareValues(order.type, key_a, key_b);
    if (compared != 0) return order.descending ? compared > 0 : compared < 0;
  }
  return false;
}

Status RowSorter::Add(Cells keys, Cells cells) {
  std::string& row = rows_.emplace_back();
  AppendCells(keys, row);
  AppendCells(cells, row);
  bytes_ += row.size() + kRowOverheadBytes;
  return bytes_ < bytes_max_ ? Status::Ok() : Spill();
}

void RowSorter::SortRows() {
  std::ranges::stable_sort(rows_, [this](const std::string& a, const std::string& b) { return IsBefore(a, b); });
  // Rows past the limit cannot be in the result.
  if (limit_ && rows_.size() > *limit_) rows_.resize(*limit_);
  bytes_ = 0;
  for (const std::string& row : rows_) bytes_ += row.size() + kRowOverheadBytes;
}

Status RowSorter::Spill() {
  SortRows();
  if (bytes_ < bytes_max_ / 2) return Status::Ok();
  Status status = WriteRun([this](const std::function<Status(std::string_view)>& put) {
    for (const std::string& row : rows_) {
      COFFER_TRY(put(row));
    }
    return Status::Ok();
  });
  rows_.clear();
  bytes_ = 0;
  if (!status.ok() || runs_.size() < kSortRunsMax) return status;
  return MergeRuns();
}

// The new run replaces the old ones only after it is complete.
Status RowSorter::MergeRuns() {
  COFFER_TRY(WriteRun([this](const std::function<Status(std::string_view)>& put) { return Merge(put); }));
  std::string merged = runs_.back();
  runs_.pop_back();
  RemoveRuns();
  runs_ = {std::move(merged)};
  return Status::Ok();
}

Status RowSorter::WriteRun(const std::function<Status(const std::function<Status(std::string_view)>&)>& produce) {
  const std::string path = prefix_ + ".run" + std::to_string(runs_made_++) + ".partial";
  COFFER_ASSIGN(std::unique_ptr<WritableFile> file, files_.Create(path));
  std::string pending;
  Status status = produce([&](std::string_view row) {
    format::AppendLittleEndian(static_cast<std::uint32_t>(row.size()), pending);
    pending += row;
    if (pending.size() < kReadBytes) return Status::Ok();
    Status written = file->Append(pending);
    pending.clear();
    return written;
  });
  if (status.ok()) status = file->Append(pending);
  if (status.ok()) status = file->Close();
  runs_.push_back(path);
  return status;
}

Status RowSorter::Merge(const std::function<Status(std::string_view row)>& take) {
  struct Head {
    std::string_view row;
    std::size_t run;
  };
  std::vector<Run> runs;
  for (const std::string& path : runs_) {
    COFFER_ASSIGN(std::unique_ptr<RandomAccessFile> file, files_.Open(path));
    runs.emplace_back(std::move(file));
  }
  const auto behind = [this](const Head& a, const Head& b) {
    if (IsBefore(b.row, a.row)) return true;
    return !IsBefore(a.row, b.row) && b.run < a.run;
  };
  std::priority_queue<Head, std::vector<Head>, decltype(behind)> heads(behind);
  const auto advance = [&](std::size_t run) {
    Result<std::optional<std::string_view>> next = runs[run].Next();
    if (next.ok() && *next) heads.push({**next, run});
    return next.status();
  };
  for (std::size_t run = 0; run < runs.size(); ++run) {
    COFFER_TRY(advance(run));
  }
  while (!heads.empty()) {
    const Head head = heads.top();
    heads.pop();
    COFFER_TRY(take(head.row));
    COFFER_TRY(advance(head.run));
  }
  return Status::Ok();
}

Status RowSorter::ForEach(const std::function<Status(Cells cells)>& take) {
  SortRows();
  std::uint64_t handed_out = 0;
  std::vector<std::string_view> cells;
  const auto hand_out = [&](std::string_view row) {
    if (limit_ && handed_out == *limit_) return Status::Ok();
    ++handed_out;
    format::FieldReader fields(row);
    for (std::size_t i = 0; i < order_.size(); ++i) TakeCell(fields);
    cells.clear();
    while (!fields.rest().empty() && fields.ok()) cells.push_back(TakeCell(fields));
    return take(cells);
  };
  if (runs_.empty()) {
    for (const std::string& row : rows_) {
      COFFER_TRY(hand_out(row));
    }
    return Status::Ok();
  }
  if (!rows_.empty()) {
    Status status = WriteRun([this](const std::function<Status(std::string_view)>& put) {
      for (const std::string& row : rows_) {
        COFFER_TRY(put(row));
      }
      return Status::Ok();
    });
    rows_.clear();
    if (!status.ok()) return status;
  }
  return Merge(hand_out);
}

}  // namespace coffer::operations
