#include "services/modelstudio/wire/shapes.h"

#include <bit>

#include "base/encoding.h"

namespace lakeside::modelstudio::wire {
namespace {

Json token_json(std::string_view text, float logprob) {
  Json bytes = Json::array();
  for (char c : text) bytes.push_back(static_cast<unsigned char>(c));
  return {{"token", text}, {"logprob", logprob}, {"bytes", std::move(bytes)}};
}

}  // namespace

std::int64_t unix_seconds(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::string_view end_name(ops::End end) {
  switch (end) {
    case ops::End::kLength:
      return "length";
    case ops::End::kToolCalls:
      return "tool_calls";
    case ops::End::kStop:
      break;
  }
  return "stop";
}

Json logprobs_json(std::span<const serving::TokenLogprob> logprobs) {
  Json content = Json::array();
  for (const serving::TokenLogprob& one : logprobs) {
    Json token = token_json(one.text, one.logprob);
    Json top = Json::array();
    for (const auto& [text, logprob] : one.alternatives) top.push_back(token_json(text, logprob));
    token["top_logprobs"] = std::move(top);
    content.push_back(std::move(token));
  }
  return {{"content", std::move(content)}};
}

Json tool_calls_json(std::span<const serving::ToolCall> calls, bool indexed) {
  Json all = Json::array();
  for (const serving::ToolCall& call : calls) {
    Json one = Json::object();
    if (indexed) one["index"] = all.size();
    one["id"] = call.id;
    one["type"] = "function";
    one["function"] = {{"name", call.name}, {"arguments", call.arguments}};
    all.push_back(std::move(one));
  }
  return all;
}

Json tool_changes_json(std::span<const ops::ToolCallChange> changes) {
  Json all = Json::array();
  for (const ops::ToolCallChange& change : changes) {
    Json one = {{"index", change.index}};
    Json function = Json::object();
    if (change.begins) {
      one["id"] = change.call.id;
      one["type"] = "function";
      function["name"] = change.call.name;
    }
    function["arguments"] = change.call.arguments;
    one["function"] = std::move(function);
    all.push_back(std::move(one));
  }
  return all;
}

std::string base64_floats(std::span<const float> vector) {
  static_assert(std::endian::native == std::endian::little);
  return base64_encode(std::as_bytes(vector));
}

}  // namespace lakeside::modelstudio::wire
