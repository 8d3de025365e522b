// blob.h in memory, for tests: it forgets everything when destroyed.
#pragma once

#include <memory>

#include "base/clock.h"
#include "engines/blob.h"

namespace lakeside::engines {

// `clock` dates the blobs and must outlive the store.
[[nodiscard]] std::unique_ptr<BlobStore> make_memory_blob_store(
    const Clock& clock = system_clock());

}  // namespace lakeside::engines
