// The lines of DashScope's batches of texts: a text to embed in, its vector out. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "services/modelstudio/ops/line_work.h"
#include "services/modelstudio/wire/internal_call.h"

namespace lakeside::modelstudio::wire {

[[nodiscard]] std::unique_ptr<ops::LineWork::Check> check_texts(const Job& job);
// The body that asks for one text.
[[nodiscard]] std::string text_request(const Job& job, const std::string& text);
// {"text_index", "embedding"}, or {"text_index", "code", "message"}.
[[nodiscard]] LineResult text_result(std::uint32_t number, const InternalAnswer& answer);
[[nodiscard]] LineResult text_left_out(std::uint32_t number);

}  // namespace lakeside::modelstudio::wire
