// Writes one blob to a file.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "base/executor.h"
#include "engines/blob.h"
#include "engines/files/blob_folders.h"
#include "engines/files/blob_names.h"
#include "engines/files/file_system.h"

namespace lakeside::engines {

// What all writers of a store share; it outlives them.
struct BlobWriting {
  FileSystem& file_system;
  const BlobPaths& paths;
  BlobFolders& folders;
  ThreadPool& pool;
  const Clock& clock;
};

// Makes the file, on a thread of the pool.
[[nodiscard]] Task<Result<std::unique_ptr<BlobWriter>>> create_blob(BlobWriting& shared,
                                                                    std::string_view group);

}  // namespace lakeside::engines
