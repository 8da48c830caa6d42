#include "operations/import/input/tar_reader.h"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>
#include <vector>

#include "vocabulary/try.h"

namespace coffer::operations {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} << 10;

}  // namespace

struct TarReader::State {
  State(ByteSource& the_source, std::string the_name) : source(the_source), name(std::move(the_name)), piece(kPieceBytes) {}
  ~State() {
    if (tar != nullptr) archive_read_free(tar);
  }

  static la_ssize_t GiveBytes(struct archive* tar, void* context, const void** bytes) {
    State& state = *static_cast<State*>(context);
    Result<std::size_t> got = state.source.Read(state.piece.data(), state.piece.size());
    if (!got.ok()) {
      state.source_failure = std::move(got).status();
      archive_set_error(tar, EIO, "the source failed");
      return -1;
    }
    *bytes = state.piece.data();
    return static_cast<la_ssize_t>(*got);
  }

  Status Failure() {
    if (!source_failure.ok()) return source_failure;
    const char* why = archive_error_string(tar);
    const std::string reason = why == nullptr ? "cannot be read" : why;
    if (!entries_seen) return Status::InvalidArgument(name + ": is not a tar file (" + reason + ")");
    return Status::Corruption(name + ": " + reason);
  }

  Status Start() {
    tar = archive_read_new();
    if (tar == nullptr) return Status::ResourceExhausted(name + ": out of memory for reading the tar file");
    // Reads ustar, pax and GNU tar. No filter: decompression is done by DecodedSource.
    archive_read_support_format_tar(tar);
    return archive_read_open(tar, this, nullptr, &GiveBytes, nullptr) == ARCHIVE_OK ? Status::Ok() : Failure();
  }

  ByteSource& source;
  std::string name;
  std::vector<char> piece;
  struct archive* tar = nullptr;
  bool entries_seen = false;
  Status source_failure;
};

TarReader::TarReader(ByteSource& source, std::string name) : state_(std::make_unique<State>(source, std::move(name))) {}
TarReader::~TarReader() = default;

Result<bool> TarReader::Next(TarEntry& entry) {
  State& state = *state_;
  if (state.tar == nullptr) {
    COFFER_TRY(state.Start());
  }
  archive_entry* header = nullptr;
  const int answer = archive_read_next_header(state.tar, &header);
  if (answer == ARCHIVE_EOF) return false;
  // A warning concerns, for example, a name that the locale cannot represent; the entry itself is readable.
  if (answer != ARCHIVE_OK && answer != ARCHIVE_WARN) return state.Failure();
  state.entries_seen = true;
  const char* path = archive_entry_pathname_utf8(header);
  if (path == nullptr) path = archive_entry_pathname(header);
  entry.path = path == nullptr ? "" : path;
  const bool is_link = archive_entry_hardlink(header) != nullptr || archive_entry_symlink(header) != nullptr;
  entry.is_file = !is_link && archive_entry_filetype(header) == AE_IFREG;
  entry.is_folder = archive_entry_filetype(header) == AE_IFDIR;
  return true;
}

Result<std::size_t> TarReader::Read(char* buffer, std::size_t length) {
  const la_ssize_t got = archive_read_data(state_->tar, buffer, length);
  if (got < 0) return state_->Failure();
  return static_cast<std::size_t>(got);
}

}  // namespace coffer::operations
