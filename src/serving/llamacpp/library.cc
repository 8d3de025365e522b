#include "serving/llamacpp/library.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <thread>

#include <sched.h>

#include "base/log.h"
#include "serving/llamacpp/cpu.h"
#include "serving/llamacpp/gpus.h"

namespace lakeside::serving {
namespace {

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): the log has no other place
thread_local std::string first_error;

void on_log(ggml_log_level level, const char* text, void* /*data*/) {
  // The first is the reason, those that follow are its consequences.
  if (level == GGML_LOG_LEVEL_ERROR && first_error.empty()) first_error = text;
  log_llamacpp(text);
}

Status start() {
  llama_log_set(on_log, nullptr);
  if (Status registered = register_cpu(); !registered) return registered;
  llama_backend_init();
  log_gpus();
  return {};
}

ggml_backend_reg_t cpu() {
  return ggml_backend_dev_backend_reg(ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU));
}

}  // namespace

Status start_llamacpp() {
  static const Status started = start();
  return started;
}

void log_llamacpp(std::string_view text) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  // Lone dots tell the progress of loading.
  if (text.size() > 1) log(LogLevel::kDebug, "llama.cpp", {{"says", std::string(text)}});
}

void forget_llamacpp_error() { first_error.clear(); }

std::string first_llamacpp_error() {
  std::string text = first_error;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::uint32_t thread_count(std::uint32_t wanted) {
  if (wanted == 0) {
    // Of the cores that this process may use, as in a container.
    cpu_set_t cores;
    wanted = sched_getaffinity(0, sizeof cores, &cores) == 0
                 ? static_cast<std::uint32_t>(CPU_COUNT(&cores))
                 : std::thread::hardware_concurrency();
  }
  return std::clamp<std::uint32_t>(wanted, 1, GGML_MAX_N_THREADS);
}

ThreadPool make_thread_pool(std::uint32_t threads) {
  // By name, as the code of the CPU is chosen at run time.
  auto make = reinterpret_cast<decltype(&ggml_threadpool_new)>(
      ggml_backend_reg_get_proc_address(cpu(), "ggml_threadpool_new"));
  ggml_threadpool_params params =
      ggml_threadpool_params_default(static_cast<int>(thread_count(threads)));
  return ThreadPool(make == nullptr ? nullptr : make(&params));
}

void ThreadPoolDeleter::operator()(ggml_threadpool* pool) const {
  auto end = reinterpret_cast<decltype(&ggml_threadpool_free)>(
      ggml_backend_reg_get_proc_address(cpu(), "ggml_threadpool_free"));
  end(pool);
}

}  // namespace lakeside::serving
