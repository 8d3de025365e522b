// Real models, computed by llama.cpp.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "serving/backend.h"

namespace lakeside::serving {

// Reads the file and makes room for its cache; takes seconds for large models, and may be called on
// any thread. Errors: kNotFound and kIo for the file, kCorrupt for what is no model, kUnsupported
// for a model that this build does not know, or a build without llama.cpp; kNoSpace where memory
// does not suffice; kInvalid for options that no model can have.
[[nodiscard]] Result<std::unique_ptr<Backend>> load_llamacpp(const LoadOptions& options);

// Of all GPUs that models may be put on, in bytes; 0 where there is none, or this build has no code
// for any. Asked first, it says in the log what there is.
[[nodiscard]] std::uint64_t gpu_memory_bytes();

}  // namespace lakeside::serving
