// Makes the folders of blobs, once, so that they survive a power cut.
#pragma once

#include <bitset>
#include <map>
#include <mutex>
#include <string>

#include "base/result.h"
#include "engines/files/blob_names.h"
#include "engines/files/file_system.h"

namespace lakeside::engines {

class BlobFolders {
 public:
  // Both must outlive this.
  BlobFolders(FileSystem& file_system, const BlobPaths& paths)
      : file_system_(file_system), paths_(paths) {}

  // Thread-safe; blocks. When it returns success the folder of the blob's file is durable.
  // That it exists is not enough: who made it may not have synced it yet.
  Status ensure(const BlobName& name);

 private:
  Status make_group(const std::string& group);

  FileSystem& file_system_;
  const BlobPaths& paths_;
  std::mutex mutex_;
  // The durable folders of each group, by their two digits.
  std::map<std::string, std::bitset<256>, std::less<>> durable_;
};

}  // namespace lakeside::engines
