// Real models, computed by llama.cpp.
#pragma once

#include <memory>

#include "base/result.h"
#include "serving/backend.h"

namespace lakeside::serving {

// Reads the file and makes room for its cache; takes seconds for large models, and may be called on
// any thread. Errors: kNotFound and kIo for the file, kCorrupt for what is no model, kUnsupported
// for a model that this build does not know, or a build without llama.cpp; kNoSpace where memory
// does not suffice; kInvalid for options that no model can have.
[[nodiscard]] Result<std::unique_ptr<Backend>> load_llamacpp(const LoadOptions& options);

}  // namespace lakeside::serving
