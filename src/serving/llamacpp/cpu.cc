#include "serving/llamacpp/cpu.h"

#include <array>

#include <ggml-backend.h>

#include "base/log.h"

// LAKESIDE_CPU_VARIANTS: llama.cpp was built with cmake/llamacpp's variants, each with one entry.
#ifdef LAKESIDE_CPU_VARIANTS
extern "C" {
ggml_backend_reg_t lakeside_cpu_x64();
ggml_backend_reg_t lakeside_cpu_haswell();
ggml_backend_reg_t lakeside_cpu_alderlake();
ggml_backend_reg_t lakeside_cpu_skylakex();
ggml_backend_reg_t lakeside_cpu_cascadelake();
ggml_backend_reg_t lakeside_cpu_zen4();
ggml_backend_reg_t lakeside_cpu_sapphirerapids();
}
#endif

namespace lakeside::serving {

#ifdef LAKESIDE_CPU_VARIANTS
namespace {

// __builtin_cpu_supports also asks whether the system saves the registers in question, which a
// look at the processor alone would not tell.
bool has_avx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("f16c") && __builtin_cpu_supports("bmi2");
}
bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw");
}
bool has_vnni() { return has_avx512() && __builtin_cpu_supports("avx512vnni"); }
bool has_bf16() { return has_vnni() && __builtin_cpu_supports("avx512bf16"); }
bool has_amx() {
  return has_bf16() && __builtin_cpu_supports("amx-tile") && __builtin_cpu_supports("amx-int8");
}
bool has_avx_vnni() { return has_avx2() && __builtin_cpu_supports("avxvnni"); }
bool any() { return true; }

struct Variant {
  std::string_view name;
  bool (*runs_here)();
  ggml_backend_reg_t (*entry)();
};

// The best first; the same list as in cmake/llamacpp/CMakeLists.txt.
constexpr std::array<Variant, 7> kVariants = {{
    {"sapphirerapids", has_amx, lakeside_cpu_sapphirerapids},
    {"zen4", has_bf16, lakeside_cpu_zen4},
    {"cascadelake", has_vnni, lakeside_cpu_cascadelake},
    {"skylakex", has_avx512, lakeside_cpu_skylakex},
    {"alderlake", has_avx_vnni, lakeside_cpu_alderlake},
    {"haswell", has_avx2, lakeside_cpu_haswell},
    {"x64", any, lakeside_cpu_x64},
}};

const Variant& choose() {
  __builtin_cpu_init();
  for (const Variant& variant : kVariants) {
    if (variant.runs_here()) return variant;
  }
  return kVariants.back();
}

}  // namespace

std::string_view cpu_variant() { return choose().name; }

Status register_cpu() {
  const Variant& variant = choose();
  log(LogLevel::kDebug, "llama.cpp computes", {{"cpu", std::string(variant.name)}});
  ggml_backend_reg_t entry = variant.entry();
  if (entry == nullptr) return fail(ErrorCode::kUnsupported, "no code for this processor");
  ggml_backend_register(entry);
  return {};
}

#else

// llama.cpp registers its only one itself.
std::string_view cpu_variant() { return "native"; }
Status register_cpu() { return {}; }

#endif

}  // namespace lakeside::serving
