#include "engines/fault/fault_file_system.h"

#include <cerrno>
#include <map>
#include <mutex>
#include <utility>

namespace lakeside::engines {
namespace {

Status to_status(const char* what, int error_number) {
  if (error_number == 0) return {};
  return fail_errno(what, error_number);
}

class FaultFileSystem final : public FileSystem {
 public:
  explicit FaultFileSystem(SimulatedDisk& disk) : disk_(disk) {}

  Result<std::unique_ptr<FileHandle>> create(const std::string& path) override {
    if (int error_number = disk_.before_operation()) return fail_errno("create", error_number);
    auto file = real_.create(path);
    if (!file) return file;
    std::lock_guard lock(mutex_);
    files_[(*file)->fd()] = disk_.created(path);
    return file;
  }

  Status write(const FileHandle& file, ByteView data, std::uint64_t offset) override {
    SimulatedDisk::WriteFate fate = disk_.before_write(data.size());
    if (fate.size > 0) {
      Status written = real_.write(file, data.first(fate.size), offset);
      disk_.wrote(*disk_file(file), offset, fate.size);
      if (!written) return written;
    }
    return to_status("write", fate.error_number);
  }

  Status sync(const FileHandle& file) override {
    return to_status("sync", disk_.sync(*disk_file(file)));
  }

  Status rename(const std::string& from, const std::string& to) override {
    return to_status("rename", disk_.rename(from, to));
  }

  Status sync_folder(const std::string& path) override {
    return to_status("sync folder", disk_.sync_folder(path));
  }

  Status make_folder(const std::string& path) override {
    int error_number = disk_.make_folder(path);
    return to_status("make folder", error_number == EEXIST ? 0 : error_number);
  }

  Status remove(const std::string& path) override {
    int error_number = disk_.remove(path);
    return to_status("remove", error_number == ENOENT ? 0 : error_number);
  }

 private:
  std::shared_ptr<DiskFile> disk_file(const FileHandle& file) {
    std::lock_guard lock(mutex_);
    return files_.at(file.fd());
  }

  SimulatedDisk& disk_;
  FileSystem& real_ = posix_file_system();
  std::mutex mutex_;
  std::map<int, std::shared_ptr<DiskFile>> files_;  // a closed one's number is taken anew
};

}  // namespace

std::unique_ptr<FileSystem> make_fault_file_system(SimulatedDisk& disk) {
  return std::make_unique<FaultFileSystem>(disk);
}

}  // namespace lakeside::engines
