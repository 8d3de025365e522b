#include "engines/fault/fault_rocksdb_fs.h"

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include <rocksdb/file_system.h>
#include <rocksdb/io_status.h>

namespace lakeside::engines {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

// As RocksDB's own file system reports it.
IOStatus to_status(int error_number) {
  if (error_number == 0) return IOStatus::OK();
  const char* text = std::strerror(error_number);
  if (error_number == ENOENT) return IOStatus::PathNotFound(text);
  if (error_number != ENOSPC) return IOStatus::IOError("simulated", text);
  IOStatus status = IOStatus::NoSpace("simulated", text);
  status.SetRetryable(true);
  return status;
}

class FaultWritableFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultWritableFile(std::unique_ptr<rocksdb::FSWritableFile> real, SimulatedDisk& disk,
                    std::shared_ptr<DiskFile> file)
      : FSWritableFileOwnerWrapper(std::move(real)), disk_(disk), file_(std::move(file)) {}

  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  IODebugContext* debug) override {
    SimulatedDisk::WriteFate fate = disk_.before_write(data.size());
    if (fate.size > 0) {
      rocksdb::Slice part(data.data(), fate.size);
      IOStatus status = target()->Append(part, options, debug);
      if (!status.ok()) return status;
      disk_.wrote(*file_, offset_, fate.size);
      offset_ += fate.size;
    }
    return to_status(fate.error_number);
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo&, IODebugContext* debug) override {
    return Append(data, options, debug);
  }

  IOStatus Truncate(std::uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    if (int error_number = disk_.before_operation()) return to_status(error_number);
    disk_.truncated(*file_, size);
    offset_ = size;
    return target()->Truncate(size, options, debug);
  }

  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    return to_status(disk_.sync(*file_));
  }
  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    return to_status(disk_.sync(*file_));
  }
  // Starts writing back, promises nothing.
  IOStatus RangeSync(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override {
    return to_status(disk_.before_operation());
  }

 private:
  SimulatedDisk& disk_;
  std::shared_ptr<DiskFile> file_;
  std::uint64_t offset_ = 0;
};

class FaultDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  FaultDirectory(std::unique_ptr<rocksdb::FSDirectory> real, SimulatedDisk& disk, std::string path)
      : FSDirectoryWrapper(std::move(real)), disk_(disk), path_(std::move(path)) {}

  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    return to_status(disk_.sync_folder(path_));
  }
  IOStatus FsyncWithDirOptions(const IOOptions&, IODebugContext*,
                               const rocksdb::DirFsyncOptions&) override {
    return to_status(disk_.sync_folder(path_));
  }

 private:
  SimulatedDisk& disk_;
  const std::string path_;
};

class FaultRocksdbFs final : public rocksdb::FileSystemWrapper {
 public:
  explicit FaultRocksdbFs(SimulatedDisk& disk)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), disk_(disk) {}

  const char* Name() const override { return "FaultRocksdbFs"; }

  IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext* debug) override {
    if (int error_number = disk_.before_operation()) return to_status(error_number);
    std::unique_ptr<rocksdb::FSWritableFile> real;
    IOStatus status = target()->NewWritableFile(path, options, &real, debug);
    if (!status.ok()) return status;
    *result = std::make_unique<FaultWritableFile>(std::move(real), disk_, disk_.created(path));
    return status;
  }

  IOStatus ReopenWritableFile(const std::string&, const rocksdb::FileOptions&,
                              std::unique_ptr<rocksdb::FSWritableFile>*, IODebugContext*) override {
    return IOStatus::NotSupported("reopen");
  }
  IOStatus ReuseWritableFile(const std::string&, const std::string&, const rocksdb::FileOptions&,
                             std::unique_ptr<rocksdb::FSWritableFile>*, IODebugContext*) override {
    return IOStatus::NotSupported("reuse");
  }
  IOStatus NewRandomRWFile(const std::string&, const rocksdb::FileOptions&,
                           std::unique_ptr<rocksdb::FSRandomRWFile>*, IODebugContext*) override {
    return IOStatus::NotSupported("random writes");
  }

  IOStatus NewDirectory(const std::string& path, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* result,
                        IODebugContext* debug) override {
    std::unique_ptr<rocksdb::FSDirectory> real;
    IOStatus status = target()->NewDirectory(path, options, &real, debug);
    if (status.ok()) *result = std::make_unique<FaultDirectory>(std::move(real), disk_, path);
    return status;
  }

  IOStatus DeleteFile(const std::string& path, const IOOptions&, IODebugContext*) override {
    return to_status(disk_.remove(path));
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&,
                      IODebugContext*) override {
    return to_status(disk_.rename(from, to));
  }
  IOStatus LinkFile(const std::string&, const std::string&, const IOOptions&,
                    IODebugContext*) override {
    return IOStatus::NotSupported("link");
  }

 private:
  SimulatedDisk& disk_;
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> make_fault_rocksdb_fs(SimulatedDisk& disk) {
  return std::make_shared<FaultRocksdbFs>(disk);
}

}  // namespace lakeside::engines
