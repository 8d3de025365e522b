// The GPUs that models compute on, where this build and this machine have any (-DLAKESIDE_CUDA=ON).
#pragma once

#include <cstdint>

namespace lakeside::serving {

// Of all GPUs together, in bytes; 0: there is none. After start_llamacpp().
struct GpuMemory {
  std::uint64_t total = 0;
  std::uint64_t free = 0;
  std::uint32_t gpus = 0;
};
[[nodiscard]] GpuMemory gpu_memory();

// What a model takes once it is loaded.
struct ModelNeeds {
  std::uint64_t bytes = 0;  // weights and cache
  std::uint32_t blocks = 0;
};
// How many of its layers go to GPUs, as llama.cpp counts them: the blocks and the output; those
// that do not fit stay on the processor. -1: all of them.
[[nodiscard]] std::int32_t layers_for_gpus(const ModelNeeds& needs, const GpuMemory& memory);

// Says in the log which there are; or, where the build has code for some, why none is used.
void log_gpus();

}  // namespace lakeside::serving
