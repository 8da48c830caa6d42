#include "operations/import/input/file_below_folder.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace coffer::operations {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.number_) { other.number_ = -1; }
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }

 private:
  int number_;
};

class DescriptorSource final : public ByteSource {
 public:
  DescriptorSource(Descriptor descriptor, std::string name) : descriptor_(std::move(descriptor)), name_(std::move(name)) {}
  Result<std::size_t> Read(char* buffer, std::size_t length) override {
    for (;;) {
      const ssize_t got = ::read(descriptor_.get(), buffer, length);
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR) return Status::IoError(name_ + ": " + std::strerror(errno));
    }
  }

 private:
  Descriptor descriptor_;
  std::string name_;
};

// O_NONBLOCK: opening a pipe must not block before fstat can refuse it.
constexpr int kOpenFlags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

int OpenBelow(int folder, const std::string& path) {
  open_how how = {};
  how.flags = static_cast<decltype(how.flags)>(kOpenFlags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how));
}

// Opens component by component, so that no link is followed.
int OpenWithoutLinks(Descriptor folder, std::string_view path) {
  for (std::size_t slash; (slash = path.find('/')) != std::string_view::npos; path.remove_prefix(slash + 1)) {
    const std::string component(path.substr(0, slash));
    Descriptor next(::openat(folder.get(), component.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW));
    if (next.get() < 0) return -1;
    folder = std::move(next);
  }
  return ::openat(folder.get(), std::string(path).c_str(), kOpenFlags | O_NOFOLLOW);
}

Status OpenFailure(int error, const std::string& name) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return Status::NotFound(name + ": no such file");
    case EXDEV:
      return Status::InvalidArgument(name + ": a link leads out of the folder");
    case ELOOP:
      return Status::InvalidArgument(name + ": a link, or below one");
    default:
      return Status::IoError(name + ": " + std::strerror(error));
  }
}

}  // namespace

Result<std::string> NormalizeRelativePath(std::string_view path) {
  const auto refuse = [&](std::string_view why) {
    return Status::InvalidArgument("\"" + std::string(path) + "\" " + std::string(why));
  };
  if (path.empty()) return refuse("is empty");
  if (path.front() == '/') return refuse("is an absolute path");
  if (path.find('\0') != std::string_view::npos) return refuse("contains a NUL byte");
  std::string normal;
  for (std::string_view rest = path; !rest.empty();) {
    const std::string_view component = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(component.size() + 1, rest.size()));
    if (component == "..") return refuse("leads out of the folder");
    if (component.empty() || component == ".") continue;
    if (!normal.empty()) normal += '/';
    normal += component;
  }
  if (normal.empty()) return refuse("does not name a file");
  return normal;
}

Result<std::unique_ptr<ByteSource>> OpenFileBelowFolder(const std::string& folder, const std::string& path, LinkPolicy policy) {
  const std::string name = folder + "/" + path;
  Descriptor base(::open(folder.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY));
  if (base.get() < 0) return OpenFailure(errno, name);
  int opened = -1;
  if (policy == LinkPolicy::kBelowFolder) opened = OpenBelow(base.get(), path);
  // Old kernels lack the call, and some sandboxes forbid it.
  if (policy == LinkPolicy::kNone || (opened < 0 && (errno == ENOSYS || errno == EPERM))) {
    opened = OpenWithoutLinks(std::move(base), path);
  }
  Descriptor file(opened);
  if (file.get() < 0) return OpenFailure(errno, name);
  struct stat about = {};
  if (::fstat(file.get(), &about) != 0) return OpenFailure(errno, name);
  if (!S_ISREG(about.st_mode)) return Status::InvalidArgument(name + ": not a regular file");
  return std::unique_ptr<ByteSource>(std::make_unique<DescriptorSource>(std::move(file), name));
}

}  // namespace coffer::operations
