// blob.h on files of a local file system: the default engine for object data.
//
// A blob is one file, written past the page cache, synced, and then given its name; its blocks
// carry checksums, which every read verifies. docs/formats/blob-file.md has the bytes.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "engines/blob.h"

namespace lakeside::engines {

class FileSystem;

struct FileBlobOptions {
  std::string path;  // a folder of its own, created with its parents where missing
  std::size_t write_threads = 8;
  std::size_t read_threads = 4;
  std::size_t open_blobs = 512;  // most blobs that are kept open for the next read
  const Clock* clock = nullptr;  // dates the blobs; null: system_clock()

  // For tests; null: the operating system's.
  FileSystem* file_system = nullptr;
};

// Blocks while it removes what unfinished blobs of an earlier process have left. Writers,
// sources and the slices they handed out must be gone before the store is destroyed.
[[nodiscard]] Result<std::unique_ptr<BlobStore>> open_file_blob_store(
    const FileBlobOptions& options);

}  // namespace lakeside::engines
