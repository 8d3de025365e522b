// Whether a model's own numbers are such that llama.cpp can be let near it.
#pragma once

#include "base/result.h"
#include "serving/llamacpp/gguf.h"

namespace lakeside::serving {

// llama.cpp allocates by some of these, and divides by others. Errors: kCorrupt.
[[nodiscard]] Status check_sizes(const GgufFile& file);

}  // namespace lakeside::serving
