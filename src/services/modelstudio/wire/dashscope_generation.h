// DashScope's text generation, decoded and encoded. Pure.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "services/modelstudio/wire/reply_writer.h"

namespace lakeside::modelstudio::wire {

struct DashScopeGenerate {
  ops::GenerateCall call;
  bool messages = false;     // result_format: choices with messages, else one text
  bool incremental = false;  // each event has what is new, else all so far
};
[[nodiscard]] Decoded<DashScopeGenerate> parse_text_generation(std::string_view body);

// `request_id` as it travels.
[[nodiscard]] std::unique_ptr<ReplyWriter> make_dashscope_writer(std::string request_id,
                                                                 const DashScopeGenerate& request);

}  // namespace lakeside::modelstudio::wire
