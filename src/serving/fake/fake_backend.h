// A model without arithmetic, for the tests of everything above it: deterministic, and as strict
// about sequences, cells and positions as a real cache.
//
// Its tokens are bytes and a few specials. Its reply is a function of the prompt alone: of the last
// user or tool message, or of a plain prompt as a whole (then it begins with "=> "):
//
//   repeat N WORD         WORD N times
//   say json              {"answer": 42}
//   say TEXT              TEXT
//   think TEXT            <think>TEXT</think>TEXT
//   call tool NAME ARGS   a call of the tool, for each such line; ARGS is JSON
//   anything else         the text itself
//
// With a JSON schema, or tools of which one must be called, the reply is the least that fits.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "serving/backend.h"

namespace lakeside::serving {

// What tests see of a fake at work, and how they hold it. Outlives the backends that use it.
struct FakeProbe {
  // Called in each decode() before anything is computed; may block.
  std::function<Status(std::span<const Row>)> on_decode;
  std::atomic<std::uint64_t> decodes{0};     // that succeeded
  std::atomic<std::uint64_t> rows{0};        // computed by them
  std::atomic<std::uint64_t> cells_used{0};  // now
  std::atomic<std::uint64_t> most_rows{0};   // of one decode()
};

struct FakeOptions {
  LoadOptions load;
  std::uint64_t file_bytes = 1 << 20;
  bool generates = true;
  bool embeds = true;
  bool reranks = true;
  bool chat_template = true;
  FakeProbe* probe = nullptr;
};

constexpr std::uint32_t kFakeEmbeddingSize = 32;

[[nodiscard]] std::unique_ptr<Backend> make_fake_backend(const FakeOptions& options);

}  // namespace lakeside::serving
