// In place of everything else where Lakeside is built with LAKESIDE_LLAMACPP=OFF.
#include "serving/llamacpp/llamacpp.h"

namespace lakeside::serving {

Result<std::unique_ptr<Backend>> load_llamacpp(const LoadOptions& /*options*/) {
  return fail(ErrorCode::kUnsupported, "this Lakeside was built without llama.cpp");
}

std::uint64_t gpu_memory_bytes() { return 0; }

}  // namespace lakeside::serving
