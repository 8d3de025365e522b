// Any bytes as a model file. What is taken must lie within the bytes, and no beginning of its
// header may be taken.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "serving/llamacpp/gguf.h"
#include "serving/llamacpp/sizes.h"

namespace lakeside::serving {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void fuzz(std::string_view bytes) {
  auto file = parse_gguf(as_bytes(bytes));
  if (!file) {
    require(file.error().code == ErrorCode::kCorrupt ||
            file.error().code == ErrorCode::kUnsupported);
    return;
  }
  require(file->data_offset <= bytes.size());
  require(!file->architecture.empty());
  // A byte holds at most 15 elements: the smallest type has 128 in 18 bytes.
  require(file->tensors == 0 || file->parameters / 15 <= bytes.size() * file->tensors);
  static_cast<void>(check_sizes(*file));
  // The padding before the data may be missing without a tensor that needs it.
  if (file->tensors > 0) require(!parse_gguf(as_bytes(bytes.substr(0, file->data_offset - 1))));
}

}  // namespace
}  // namespace lakeside::serving

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  lakeside::serving::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
