// A BlobStore that fails as a plan says, for tests of what stands on it.
#pragma once

#include <memory>

#include "engines/blob.h"
#include "engines/fault/fault_plan.h"

namespace lakeside::engines {

// Both must outlive the wrapper, its writers and its sources.
[[nodiscard]] std::unique_ptr<BlobStore> make_fault_blob_store(BlobStore& inner, FaultPlan& plan);

}  // namespace lakeside::engines
