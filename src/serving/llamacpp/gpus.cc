#include "serving/llamacpp/gpus.h"

#include <algorithm>
#include <string>
#include <vector>

#include <ggml-backend.h>

#include "base/log.h"
#include "serving/llamacpp/library.h"

namespace lakeside::serving {
namespace {

// For what is computed meanwhile, on each GPU; llama.cpp's own programs leave as much.
constexpr std::uint64_t kWorkingBytes = std::uint64_t{1} << 30;

std::vector<ggml_backend_dev_t> all_gpus() {
  std::vector<ggml_backend_dev_t> gpus;
  for (std::size_t i = 0; i < ggml_backend_dev_count(); ++i) {
    ggml_backend_dev_t device = ggml_backend_dev_get(i);
    if (ggml_backend_dev_type(device) == GGML_BACKEND_DEVICE_TYPE_GPU) gpus.push_back(device);
  }
  return gpus;
}

}  // namespace

GpuMemory gpu_memory() {
  GpuMemory sum;
  for (ggml_backend_dev_t device : all_gpus()) {
    std::size_t free = 0;
    std::size_t total = 0;
    ggml_backend_dev_memory(device, &free, &total);
    sum.free += free;
    sum.total += total;
    ++sum.gpus;
  }
  return sum;
}

std::int32_t layers_for_gpus(const ModelNeeds& needs, const GpuMemory& memory) {
  const std::uint64_t working = kWorkingBytes * memory.gpus;
  const std::uint64_t room = memory.free > working ? memory.free - working : 0;
  if (needs.bytes <= room) return -1;
  const std::uint64_t layers = std::uint64_t{needs.blocks} + 1;
  const std::uint64_t each = std::max<std::uint64_t>(needs.bytes / layers, 1);
  return static_cast<std::int32_t>(std::min(room / each, layers));
}

void log_gpus() {
  const std::vector<ggml_backend_dev_t> gpus = all_gpus();
  for (ggml_backend_dev_t device : gpus) {
    std::size_t free = 0;
    std::size_t total = 0;
    ggml_backend_dev_memory(device, &free, &total);
    log(LogLevel::kInfo, "models compute on a GPU",
        {{"gpu", ggml_backend_dev_description(device)},
         {"memory_mib", std::to_string(total >> 20U)},
         {"free_mib", std::to_string(free >> 20U)}});
  }
  const bool has_code = ggml_backend_reg_by_name("CUDA") != nullptr;
  if (!gpus.empty() || !has_code) return;
  const std::string why = first_llamacpp_error();
  log(LogLevel::kWarn, "no GPU can be used, models compute on the processor",
      {{"why", why.empty() ? "there is none" : why}});
}

}  // namespace lakeside::serving
