#include "services/modelstudio/wire/dashscope_generation.h"

#include <utility>

#include "base/encoding.h"
#include "services/modelstudio/wire/chat_fields.h"
#include "services/modelstudio/wire/codecs.h"
#include "services/modelstudio/wire/dashscope_fields.h"
#include "services/modelstudio/wire/dashscope_tasks.h"
#include "services/modelstudio/wire/shapes.h"

namespace lakeside::modelstudio::wire {
namespace {

Json usage_json(const serving::Usage& usage) {
  return {{"input_tokens", usage.prompt_tokens},
          {"output_tokens", usage.completion_tokens},
          {"total_tokens", usage.prompt_tokens + usage.completion_tokens},
          {"prompt_tokens_details", {{"cached_tokens", usage.cached_tokens}}}};
}

// What a client of this API reads before the end, as a text and not as null.
std::string_view end_text(const std::optional<ops::End>& end) {
  return end ? end_name(*end) : "null";
}

class DashScopeWriter final : public ReplyWriter {
 public:
  DashScopeWriter(std::string request_id, const DashScopeGenerate& request)
      : request_id_(std::move(request_id)),
        messages_(request.messages),
        incremental_(request.incremental),
        logprobs_(request.call.request.logprobs.has_value()) {}

  std::string whole(const ops::Choices& choices) override {
    Json output;
    if (messages_) {
      Json all = Json::array();
      for (std::size_t i = 0; i < choices.size(); ++i) {
        const ops::Reply& reply = choices.reply(i);
        all.push_back(choice(i, message(reply), reply.end, reply.logprobs));
      }
      output["choices"] = std::move(all);
    } else {
      output = {{"text", choices.reply(0).content},
                {"finish_reason", end_text(choices.reply(0).end)}};
    }
    return document(std::move(output), choices);
  }

  std::string change(const ops::Choices& choices, const ops::Change& change) override {
    const ops::Reply& reply = choices.reply(change.choice);
    Json output;
    if (messages_) {
      Json said = incremental_ ? message(change) : message(reply);
      output["choices"] =
          Json::array({choice(change.choice, std::move(said), change.end, change.logprobs)});
    } else {
      output = {{"text", incremental_ ? change.content : reply.content},
                {"finish_reason", end_text(change.end)}};
    }
    return event("result", 200, document(std::move(output), choices));
  }

  std::string ending(const ops::Choices&) override { return {}; }

  std::string failure(const ModelError& error) override {
    WireError wire = to_wire(error, Dialect::kDashScope);
    Json json = {{"code", wire.code}, {"message", wire.message}, {"request_id", request_id_}};
    return event("error", wire.status, to_text(json));
  }

 private:
  static Json message(const ops::Reply& reply) {
    Json json = {{"role", "assistant"}, {"content", reply.content}};
    if (!reply.reasoning.empty()) json["reasoning_content"] = reply.reasoning;
    if (!reply.tool_calls.empty()) json["tool_calls"] = tool_calls_json(reply.tool_calls, true);
    return json;
  }
  static Json message(const ops::Change& change) {
    Json json = {{"role", "assistant"}, {"content", change.content}};
    if (!change.reasoning.empty()) json["reasoning_content"] = change.reasoning;
    if (!change.tool_calls.empty()) json["tool_calls"] = tool_changes_json(change.tool_calls);
    return json;
  }

  [[nodiscard]] Json choice(std::size_t index, Json said, const std::optional<ops::End>& end,
                            std::span<const serving::TokenLogprob> logprobs) const {
    Json json = {{"finish_reason", end_text(end)}, {"index", index}, {"message", std::move(said)}};
    if (logprobs_) json["logprobs"] = logprobs_json(logprobs);
    return json;
  }

  [[nodiscard]] std::string document(Json output, const ops::Choices& choices) const {
    return to_text({{"output", std::move(output)},
                    {"usage", usage_json(choices.usage())},
                    {"request_id", request_id_}});
  }

  // The SDK compares "event:error" as it is, without a space, and takes an error's status from a
  // line of its own, which must come before the data (dashscope/common/utils.py).
  std::string event(std::string_view name, int status, const std::string& data) {
    std::string code = std::to_string(status);
    std::string text = "id:" + std::to_string(++events_) + "\nevent:" + std::string(name) + "\n";
    if (status != 200) text += "status:" + code + "\n";
    text += ":HTTP_STATUS/" + code + "\ndata:" + data + "\n\n";
    return text;
  }

  const std::string request_id_;
  const bool messages_;
  const bool incremental_;
  const bool logprobs_;
  std::uint64_t events_ = 0;
};

void read_input(DashScopeBody& body, DashScopeGenerate& out) {
  Fields& input = body.input();
  const Json* history = input.find("history");
  if (history != nullptr && !history->empty()) {
    input.invalid("history", "it is not supported; send 'messages'.");
  }
  if (!input.has("messages")) {
    // The models here are chat models, and this API's prompt is what somebody says to one.
    std::string prompt = input.required_text("prompt");
    serving::ChatInput chat;
    Json said = {{"role", "user"}, {"content", prompt}};
    chat.messages = to_text(Json::array({std::move(said)}));
    out.call.request.input = std::move(chat);
    return;
  }
  serving::ChatInput chat;
  read_messages(input, chat);
  out.call.request.input = std::move(chat);
}

void read_form(Fields& parameters, DashScopeGenerate& out) {
  std::string format = parameters.text("result_format").value_or("text");
  if (format != "text" && format != "message") {
    parameters.invalid("result_format", "Supported values are: 'text' and 'message'.");
  }
  out.messages = format == "message";
  out.incremental = parameters.boolean("incremental_output").value_or(false);
  auto count = parameters.integer("n", 1, kMaxChoices);
  out.call.count = static_cast<std::uint32_t>(count.value_or(1));
}

}  // namespace

Decoded<DashScopeGenerate> parse_text_generation(std::string_view text) {
  DashScopeBody body(parse_body(text));
  DashScopeGenerate out;
  serving::GenerateRequest& request = out.call.request;
  request.model = body.model();
  read_input(body, out);
  Fields& parameters = body.parameters();
  auto& chat = std::get<serving::ChatInput>(request.input);
  read_tools(parameters, chat);
  chat.json_schema = read_response_format(parameters);
  read_sampling(parameters, request.sampling);
  read_bounds(parameters, request);
  read_logprobs(parameters, request);
  read_template_arguments(parameters, chat);
  refuse(parameters, {"enable_search", "search_options", "plugins", "thinking_budget",
                      "enable_code_interpreter", "translation_options", "asr_options", "skill",
                      "modalities", "audio"});
  read_form(parameters, out);
  // Calls of tools, more choices than one and logprobs have a place only in messages.
  if (!chat.tools.empty() || out.call.count > 1 || request.logprobs) out.messages = true;
  if (body.bad()) return std::unexpected(std::move(*body.bad()));
  return out;
}

std::unique_ptr<ReplyWriter> make_dashscope_writer(std::string request_id,
                                                   const DashScopeGenerate& request) {
  return std::make_unique<DashScopeWriter>(std::move(request_id), request);
}

ActionResult decode_text_generation(StudioCall& call, const std::string& body) {
  auto request = parse_text_generation(body);
  if (!request) return std::unexpected(std::move(request.error()));
  if (wants_task(call)) return make_task(call, request->call.request.model, body);
  request->call.request.tenant = call.tenant();
  request->call.request.start_within = call.env.start_within;
  auto enabled = call.head().header("X-DashScope-SSE").value_or("");
  auto accept = call.head().header("Accept").value_or("");
  bool stream = equals_ignore_case(enabled, "enable") ||
                accept.find("text/event-stream") != std::string_view::npos;
  auto writer = make_dashscope_writer(call.wire_id(), *request);
  return std::make_unique<GenerateAction>(std::move(request->call), std::move(writer), stream);
}

}  // namespace lakeside::modelstudio::wire
