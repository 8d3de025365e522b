// The lines of OpenAI's batches: {"custom_id", "method", "url", "body"} in, and what came of each
// out. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/modelstudio/ops/line_work.h"
#include "services/modelstudio/wire/fields.h"
#include "services/modelstudio/wire/internal_call.h"

namespace lakeside::modelstudio::wire {

inline constexpr std::size_t kMaxCustomId = 512;
inline constexpr std::size_t kMaxBatchEmbeddings = 50'000;

// Whether a batch may ask for that path.
[[nodiscard]] bool is_batch_endpoint(std::string_view path);

// `models`: the names of those that are there.
[[nodiscard]] std::unique_ptr<ops::LineWork::Check> check_batch(const Job& job,
                                                                std::vector<std::string> models);

struct BatchLine {
  std::string custom_id;
  std::string body;
  bool stream = false;
};
// Of a line that was checked. Custom id and body are empty where it is not what it was.
[[nodiscard]] BatchLine read_batch_line(const std::string& text);

[[nodiscard]] LineResult batch_result(const BatchLine& line, const InternalAnswer& answer);
// A line that was not run.
[[nodiscard]] LineResult batch_left_out(const BatchLine& line, JobStatus outcome);

}  // namespace lakeside::modelstudio::wire
