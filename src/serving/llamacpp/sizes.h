// Whether a model's own numbers are such that llama.cpp can be let near it.
#pragma once

#include "base/result.h"
#include "serving/llamacpp/gguf.h"

namespace lakeside::serving {

// llama.cpp allocates by some of these, and divides by others. Errors: kCorrupt.
[[nodiscard]] Status check_sizes(const GgufFile& file);

// What the cache of so many tokens takes, in 16-bit numbers; 0 where the header does not say.
[[nodiscard]] std::uint64_t cache_bytes(const GgufFile& file, std::uint32_t context_tokens);

// Layers of a model, without its output; 0 where the header does not say.
[[nodiscard]] std::uint32_t block_count(const GgufFile& file);

}  // namespace lakeside::serving
