#include "serving/llamacpp/llamacpp.h"

#include <filesystem>
#include <memory>
#include <utility>

#include "serving/contract/backend_contract.h"

namespace lakeside::serving::contract {
namespace {

std::unique_ptr<Backend> load_small_model(LoadOptions options) {
  options.path = LAKESIDE_MODELS "/SmolLM2-135M-Instruct.Q4_1.gguf";
  if (!std::filesystem::exists(options.path)) return nullptr;
  auto loaded = load_llamacpp(options);
  if (!loaded && loaded.error().code == ErrorCode::kUnsupported) return nullptr;
  EXPECT_TRUE(loaded) << loaded.error().detail;
  return loaded ? std::move(*loaded) : nullptr;
}

INSTANTIATE_TEST_SUITE_P(LlamaCpp, BackendContract,
                         testing::Values(BackendMaker(load_small_model)));

}  // namespace
}  // namespace lakeside::serving::contract
