#include "engines/files/file_system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "engines/folder.h"

namespace lakeside::engines {
namespace {

constexpr int kCreateFlags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;

// Some file systems accept O_DIRECT at open and refuse each write.
bool leave_direct_io(int fd) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || !(flags & O_DIRECT)) return false;
  return fcntl(fd, F_SETFL, flags & ~O_DIRECT) == 0;
}

class PosixFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<FileHandle>> create(const std::string& path) override {
    int fd = ::open(path.c_str(), kCreateFlags | O_DIRECT, 0600);
    if (fd < 0 && errno == EINVAL) {
      ::unlink(path.c_str());  // a file may have been made nevertheless
      fd = ::open(path.c_str(), kCreateFlags, 0600);
    }
    if (fd < 0) return fail_errno("create " + path, errno);
    return std::make_unique<FileHandle>(fd);
  }

  Status write(const FileHandle& file, ByteView data, std::uint64_t offset) override {
    while (!data.empty()) {
      ssize_t n = pwrite(file.fd(), data.data(), data.size(), static_cast<off_t>(offset));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && errno == EINVAL && leave_direct_io(file.fd())) continue;
      if (n < 0) return fail_errno("write blob", errno);
      data = data.subspan(static_cast<std::size_t>(n));
      offset += static_cast<std::uint64_t>(n);
      // What a short direct write leaves may not be aligned.
      if (!data.empty() && n % 4096 != 0) leave_direct_io(file.fd());
    }
    return {};
  }

  Status sync(const FileHandle& file) override {
    if (fdatasync(file.fd()) != 0) return fail_errno("sync blob", errno);
    return {};
  }

  Status rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return fail_errno("rename to " + to, errno);
    return {};
  }

  Status sync_folder(const std::string& path) override { return engines::sync_folder(path); }

  Status make_folder(const std::string& path) override {
    if (mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
    return fail_errno("mkdir " + path, errno);
  }

  Status remove(const std::string& path) override {
    if (unlink(path.c_str()) == 0 || errno == ENOENT) return {};
    return fail_errno("unlink " + path, errno);
  }
};

}  // namespace

FileSystem& posix_file_system() {
  static PosixFileSystem file_system;
  return file_system;
}

}  // namespace lakeside::engines
