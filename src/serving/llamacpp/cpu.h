// The code for this processor, of the variants that are linked in.
#pragma once

#include <string_view>

#include "base/result.h"

namespace lakeside::serving {

// The newest variant that this processor, and the system on it, can run: "haswell", "zen4".
[[nodiscard]] std::string_view cpu_variant();

// Makes llama.cpp use it. Once, before llama_backend_init().
[[nodiscard]] Status register_cpu();

}  // namespace lakeside::serving
