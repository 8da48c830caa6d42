#include "operations/import/input/zip_reader.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>
#include <vector>

#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} << 10;
// Every archive may unpack to this size, however small it is.
constexpr std::uint64_t kUnpackedFreeBytes = std::uint64_t{64} << 20;

}  // namespace

struct ZipReader::State {
  State(format::RangeReader the_source, std::uint64_t the_size, std::string the_name, const ZipLimits& the_limits)
      : source(std::move(the_source)), size(the_size), name(std::move(the_name)), limits(the_limits), piece(kPieceBytes) {}
  ~State() {
    if (zip != nullptr) archive_read_free(zip);
  }

  la_ssize_t Fail(Status status) {
    source_failure = std::move(status);
    archive_set_error(zip, EIO, "the source failed");
    return ARCHIVE_FATAL;
  }

  static la_ssize_t GiveBytes(struct archive*, void* context, const void** given) {
    State& state = *static_cast<State*>(context);
    Result<std::size_t> got = state.source(state.offset, state.piece.size(), state.piece.data());
    if (!got.ok()) return state.Fail(std::move(got).status());
    state.offset += *got;
    *given = state.piece.data();
    return static_cast<la_ssize_t>(*got);
  }

  static la_int64_t Seek(struct archive*, void* context, la_int64_t offset, int whence) {
    State& state = *static_cast<State*>(context);
    const auto size = static_cast<la_int64_t>(state.size);
    const la_int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? static_cast<la_int64_t>(state.offset) : size;
    const la_int64_t place = std::clamp<la_int64_t>(offset, -from, size - from) + from;
    state.offset = static_cast<std::uint64_t>(place);
    return place;
  }

  Status Start() {
    zip = archive_read_new();
    if (zip == nullptr) return Status::ResourceExhausted(name + ": out of memory for reading the ZIP file");
    archive_read_support_format_zip(zip);
    archive_read_set_callback_data(zip, this);
    archive_read_set_read_callback(zip, &GiveBytes);
    archive_read_set_seek_callback(zip, &Seek);
    return archive_read_open1(zip) == ARCHIVE_OK ? Status::Ok() : Failure();
  }

  Status Failure() {
    if (!source_failure.ok()) return source_failure;
    const char* why = archive_error_string(zip);
    const std::string reason = why == nullptr ? "cannot be read" : why;
    if (entries == 0) return Status::InvalidArgument(name + ": is not a ZIP file (" + reason + ")");
    return Status::Corruption(name + ": " + (path.empty() ? "" : path + ": ") + reason);
  }

  Status CheckUnpacked() const {
    if (unpacked > limits.unpacked_bytes_max) {
      return Status::ResourceExhausted(name + ": unpacks to more than " + std::to_string(limits.unpacked_bytes_max) + " bytes");
    }
    if (unpacked > kUnpackedFreeBytes && (unpacked - kUnpackedFreeBytes) / limits.ratio_max > size) {
      return Status::ResourceExhausted(name + ": unpacks to more than " + std::to_string(limits.ratio_max) +
                                       " times its size: " + path);
    }
    return Status::Ok();
  }

  const format::RangeReader source;
  const std::uint64_t size;
  const std::string name;
  const ZipLimits limits;
  std::vector<char> piece;
  std::uint64_t offset = 0;
  struct archive* zip = nullptr;
  std::size_t entries = 0;
  std::uint64_t unpacked = 0;
  std::string path;  // of the current entry
  Status source_failure;
};

ZipReader::ZipReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
ZipReader::~ZipReader() = default;

Result<std::unique_ptr<ZipReader>> ZipReader::Open(format::RangeReader source, std::uint64_t size_bytes, std::string name,
                                                   const ZipLimits& limits) {
  auto state = std::make_unique<State>(std::move(source), size_bytes, std::move(name), limits);
  COFFER_TRY(state->Start());
  return std::unique_ptr<ZipReader>(new ZipReader(std::move(state)));
}

Result<bool> ZipReader::Next(ZipEntry& entry) {
  State& state = *state_;
  archive_entry* header = nullptr;
  const int answer = archive_read_next_header(state.zip, &header);
  if (answer == ARCHIVE_EOF) return false;
  // A warning concerns, for example, a name that the locale cannot represent; the entry itself is readable.
  if (answer != ARCHIVE_OK && answer != ARCHIVE_WARN) return state.Failure();
  if (++state.entries > state.limits.entries_max) {
    return Status::ResourceExhausted(state.name + ": more than " + std::to_string(state.limits.entries_max) + " entries");
  }
  const char* path = archive_entry_pathname_utf8(header);
  if (path == nullptr) path = archive_entry_pathname(header);
  entry.path = path == nullptr ? "" : path;
  const bool is_link = archive_entry_hardlink(header) != nullptr || archive_entry_symlink(header) != nullptr;
  entry.is_file = !is_link && archive_entry_filetype(header) == AE_IFREG;
  entry.is_folder = archive_entry_filetype(header) == AE_IFDIR;
  state.path = entry.path;
  return true;
}

Result<std::size_t> ZipReader::Read(char* buffer, std::size_t length) {
  const la_ssize_t got = archive_read_data(state_->zip, buffer, length);
  if (got < 0) return state_->Failure();
  state_->unpacked += static_cast<std::uint64_t>(got);
  COFFER_TRY(state_->CheckUnpacked());
  return static_cast<std::size_t>(got);
}

Status ZipReader::CheckUnpacked() const { return state_->CheckUnpacked(); }

}  // namespace coffer::operations
