#include "operations/files/tar_writer.h"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>

namespace coffer::operations {
namespace {

constexpr std::int64_t kMicrosecondsInSecond = 1'000'000;
constexpr int kFileMode = 0600;

}  // namespace

struct TarWriter::State {
  State(format::ByteSink to, Timestamp at) : sink(std::move(to)), time(at), tar(archive_write_new()) {
    if (tar == nullptr) return;
    archive_write_set_format_pax_restricted(tar);
    // No blocking: the receiver of the bytes buffers them.
    archive_write_set_bytes_per_block(tar, 0);
    opened = archive_write_open(tar, this, nullptr, &TakeBytes, nullptr) == ARCHIVE_OK;
  }
  ~State() {
    if (tar == nullptr) return;
    // Without Finish the archive must stay incomplete: refuse what libarchive still writes.
    if (!finished && sink_failure.ok()) sink_failure = Status::Cancelled("tar: abandoned");
    archive_write_free(tar);
  }

  static la_ssize_t TakeBytes(struct archive* tar, void* context, const void* bytes, std::size_t length) {
    State& state = *static_cast<State*>(context);
    if (state.sink_failure.ok()) state.sink_failure = state.sink({static_cast<const char*>(bytes), length});
    if (state.sink_failure.ok()) return static_cast<la_ssize_t>(length);
    archive_set_error(tar, EIO, "the sink failed");
    return -1;
  }

  Status Failure() const {
    if (!sink_failure.ok()) return sink_failure;
    const char* why = tar == nullptr ? nullptr : archive_error_string(tar);
    return Status::ResourceExhausted(std::string("tar: ") + (why == nullptr ? "no memory" : why));
  }

  format::ByteSink sink;
  const Timestamp time;
  struct archive* tar;
  bool opened = false;
  bool finished = false;
  Status sink_failure;
};

TarWriter::TarWriter(format::ByteSink sink, Timestamp time) : state_(std::make_unique<State>(std::move(sink), time)) {}
TarWriter::~TarWriter() = default;

Status TarWriter::BeginFile(const std::string& path, std::uint64_t size_bytes) {
  State& state = *state_;
  archive_entry* entry = state.opened ? archive_entry_new() : nullptr;
  if (entry == nullptr) return state.Failure();
  archive_entry_set_pathname(entry, path.c_str());
  archive_entry_set_size(entry, static_cast<la_int64_t>(size_bytes));
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_perm(entry, kFileMode);
  archive_entry_set_mtime(entry, static_cast<time_t>(state.time.microseconds / kMicrosecondsInSecond), 0);
  const int code = archive_write_header(state.tar, entry);
  archive_entry_free(entry);
  return code == ARCHIVE_OK ? Status::Ok() : state.Failure();
}

Status TarWriter::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const la_ssize_t took = archive_write_data(state_->tar, bytes.data(), bytes.size());
    if (took < 0) return state_->Failure();
    if (took == 0) return Status::Internal("tar: more bytes than the size of the entry");
    bytes.remove_prefix(static_cast<std::size_t>(took));
  }
  return Status::Ok();
}

Status TarWriter::Finish() {
  state_->finished = true;
  return state_->opened && archive_write_close(state_->tar) == ARCHIVE_OK ? Status::Ok() : state_->Failure();
}

}  // namespace coffer::operations
