// What llama.cpp keeps for the whole process: its devices and its log.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <llama.h>

#include "base/result.h"

namespace lakeside::serving {

// Before anything else of llama.cpp; any number of times, on any thread. Fails where this build has
// no code for the processor.
[[nodiscard]] Status start_llamacpp();

// A line of its log, at level debug.
void log_llamacpp(std::string_view text);

// Why the last call of llama.cpp on this thread failed, as its log said.
void forget_llamacpp_error();
[[nodiscard]] std::string first_llamacpp_error();

// Threads that compute, shared by all contexts of one model; they sleep while nothing is computed.
struct ThreadPoolDeleter {
  void operator()(ggml_threadpool* pool) const;
};
using ThreadPool = std::unique_ptr<ggml_threadpool, ThreadPoolDeleter>;
// 0: one for each core.
[[nodiscard]] ThreadPool make_thread_pool(std::uint32_t threads);
[[nodiscard]] std::uint32_t thread_count(std::uint32_t wanted);

}  // namespace lakeside::serving
