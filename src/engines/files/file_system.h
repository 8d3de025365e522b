// What the blob store writes with, so that tests can let it fail and lose what is not synced.
// Reads go straight to the operating system.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/stream.h"

namespace lakeside::engines {

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // A new file, open for writing past the page cache where the file system can do that:
  // data, offsets and sizes of its writes are multiples of 4096.
  virtual Result<std::unique_ptr<FileHandle>> create(const std::string& path) = 0;
  virtual Status write(const FileHandle& file, ByteView data, std::uint64_t offset) = 0;
  virtual Status sync(const FileHandle& file) = 0;
  // Replaces nothing: the name must be free. kNotFound when the folder is missing.
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  virtual Status sync_folder(const std::string& path) = 0;
  // Success also when it exists.
  virtual Status make_folder(const std::string& path) = 0;
  // Success also when there is none.
  virtual Status remove(const std::string& path) = 0;
};

// Static lifetime.
[[nodiscard]] FileSystem& posix_file_system();

}  // namespace lakeside::engines
