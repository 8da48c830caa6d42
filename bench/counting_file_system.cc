#include "counting_file_system.h"

#include <utility>

namespace coffer::bench {
namespace {

class CountedFile final : public RandomAccessFile {
 public:
  CountedFile(std::unique_ptr<RandomAccessFile> file, std::atomic<std::uint64_t>& bytes)
      : file_(std::move(file)), bytes_(bytes) {}
  Result<std::size_t> Read(std::uint64_t offset, std::size_t length, char* buffer) const override {
    Result<std::size_t> got = file_->Read(offset, length, buffer);
    if (got.ok()) bytes_ += *got;
    return got;
  }

 private:
  const std::unique_ptr<RandomAccessFile> file_;
  std::atomic<std::uint64_t>& bytes_;
};

}  // namespace

Result<std::unique_ptr<RandomAccessFile>> CountingFileSystem::NewRandomAccessFile(const std::string& path) {
  Result<std::unique_ptr<RandomAccessFile>> file = files_.NewRandomAccessFile(path);
  if (!file.ok() || !(path.ends_with(".sst") || path.ends_with(".blob"))) return file;
  return std::unique_ptr<RandomAccessFile>(std::make_unique<CountedFile>(std::move(*file), bytes_read_));
}

}  // namespace coffer::bench
