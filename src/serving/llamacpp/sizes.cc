#include "serving/llamacpp/sizes.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace lakeside::serving {
namespace {

struct Bound {
  std::string_view key;
  std::uint64_t least;
  std::uint64_t most;
};

// Generous: the largest models that exist are a tenth of this.
constexpr std::array<Bound, 11> kBounds = {{
    {"block_count", 1, 512},
    {"context_length", 1, std::uint64_t{1} << 28},
    {"embedding_length", 1, std::uint64_t{1} << 20},
    {"feed_forward_length", 0, std::uint64_t{1} << 24},
    {"attention.head_count", 0, 1 << 14},
    {"attention.head_count_kv", 0, 1 << 14},
    {"attention.key_length", 0, 1 << 16},
    {"attention.value_length", 0, 1 << 16},
    {"rope.dimension_count", 0, 1 << 16},
    {"expert_count", 0, 1 << 12},
    {"expert_used_count", 0, 1 << 12},
}};

// Added before roots are taken and divided by.
constexpr std::array<std::string_view, 3> kEpsilons = {
    "attention.layer_norm_rms_epsilon",
    "attention.layer_norm_epsilon",
    "attention.group_norm_epsilon",
};

Status check_epsilons(const GgufFile& file) {
  for (std::string_view key : kEpsilons) {
    std::string text = file.of(key);
    if (text.empty()) continue;
    double value = std::strtod(text.c_str(), nullptr);
    // Not a number is not between them either; the sign of one that rounds to zero stays.
    if (!(value >= 0 && value <= 1) || text.starts_with('-')) {
      return fail(ErrorCode::kCorrupt, "GGUF: absurd " + std::string(key) + ": " + text);
    }
  }
  return {};
}

// 0 where there is none, or it is not a plain number.
std::uint64_t number(const GgufFile& file, std::string_view key) {
  std::string text = file.of(key);
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : 0;
}

}  // namespace

std::uint64_t cache_bytes(const GgufFile& file, std::uint32_t context_tokens) {
  constexpr std::uint64_t kNumberBytes = 2;
  std::uint64_t heads = number(file, "attention.head_count");
  if (heads == 0) return 0;
  std::uint64_t cached_heads = number(file, "attention.head_count_kv");
  if (cached_heads == 0) cached_heads = heads;
  std::uint64_t head = number(file, "embedding_length") / heads;
  std::uint64_t key = number(file, "attention.key_length");
  std::uint64_t value = number(file, "attention.value_length");
  std::uint64_t pair = (key != 0 ? key : head) + (value != 0 ? value : head);
  return number(file, "block_count") * cached_heads * pair * kNumberBytes * context_tokens;
}

std::uint32_t block_count(const GgufFile& file) {
  return static_cast<std::uint32_t>(number(file, "block_count"));
}

Status check_sizes(const GgufFile& file) {
  for (const Bound& bound : kBounds) {
    std::string text = file.of(bound.key);
    if (text.empty()) continue;  // absent, or an array with a number for each layer
    std::uint64_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < bound.least ||
        value > bound.most) {
      return fail(ErrorCode::kCorrupt, "GGUF: absurd " + std::string(bound.key) + ": " + text);
    }
  }
  return check_epsilons(file);
}

}  // namespace lakeside::serving
