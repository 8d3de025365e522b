#include "services/modelstudio/wire/openai_chat.h"

#include <utility>

#include "services/modelstudio/wire/chat_fields.h"
#include "services/modelstudio/wire/codecs.h"
#include "services/modelstudio/wire/openai_events.h"
#include "services/modelstudio/wire/shapes.h"

namespace lakeside::modelstudio::wire {
namespace {

// What would change the answer, and is not here: OpenAI's, and what other servers add to it.
void refuse_unsupported(Fields& fields) {
  refuse(fields, {"functions", "function_call", "audio", "web_search_options", "prediction",
                  "moderation", "enable_search", "search_options", "thinking_budget", "guided_json",
                  "guided_regex", "guided_choice", "guided_grammar", "structured_outputs",
                  "stop_token_ids", "min_tokens", "ignore_eos", "bad_words", "logits_processors"});
  if (fields.boolean("store").value_or(false)) {
    fields.invalid("store", "chat completions are not kept here; responses are.",
                   "unsupported_parameter");
  }
  const Json* modalities = fields.array("modalities");
  for (std::size_t i = 0; modalities != nullptr && i < modalities->size(); ++i) {
    if ((*modalities)[i] != "text") fields.invalid("modalities", "only 'text' is supported.");
  }
}

Json message_json(const ops::Reply& reply) {
  Json message = {{"role", "assistant"}};
  bool only_calls = reply.content.empty() && !reply.tool_calls.empty();
  message["content"] = only_calls ? Json() : Json(reply.content);
  message["refusal"] = nullptr;
  if (!reply.reasoning.empty()) message["reasoning_content"] = reply.reasoning;
  if (!reply.tool_calls.empty()) message["tool_calls"] = tool_calls_json(reply.tool_calls, false);
  return message;
}

class ChatWriter final : public ReplyWriter {
 public:
  ChatWriter(OpenAiReplyHead head, const OpenAiGenerate& request)
      : head_(std::move(head)),
        model_(request.call.request.model),
        logprobs_(request.call.request.logprobs.has_value()),
        include_usage_(request.include_usage),
        opened_(request.call.count, false) {}

  std::string whole(const ops::Choices& choices) override {
    Json all = Json::array();
    for (std::size_t i = 0; i < choices.size(); ++i) {
      const ops::Reply& reply = choices.reply(i);
      all.push_back({{"index", i},
                     {"message", message_json(reply)},
                     {"logprobs", logprobs_ ? logprobs_json(reply.logprobs) : Json()},
                     {"finish_reason", end_name(*reply.end)}});
    }
    return to_text({{"id", head_.id},
                    {"object", "chat.completion"},
                    {"created", head_.created},
                    {"model", model_},
                    {"choices", std::move(all)},
                    {"usage", openai_usage(choices.usage())}});
  }

  std::string change(const ops::Choices&, const ops::Change& change) override {
    std::string events;
    if (!opened_[change.choice]) {
      opened_[change.choice] = true;
      events = chunk(change.choice, {{"role", "assistant"}, {"content", ""}}, {}, {});
    }
    Json delta = Json::object();
    if (!change.reasoning.empty()) delta["reasoning_content"] = change.reasoning;
    if (!change.content.empty()) delta["content"] = change.content;
    if (!change.tool_calls.empty()) delta["tool_calls"] = tool_changes_json(change.tool_calls);
    Json logprobs;
    if (!change.logprobs.empty()) logprobs = logprobs_json(change.logprobs);
    if (!delta.empty() || !logprobs.is_null()) {
      events += chunk(change.choice, std::move(delta), std::move(logprobs), {});
    }
    if (change.end) events += chunk(change.choice, Json::object(), {}, end_name(*change.end));
    return events;
  }

  std::string ending(const ops::Choices& choices) override {
    std::string events;
    if (include_usage_) {
      Json json = start();
      json["choices"] = Json::array();
      json["usage"] = openai_usage(choices.usage());
      events = openai_event(json);
    }
    return events += kDone;
  }

  std::string failure(const ModelError& error) override { return openai_failure_event(error); }

 private:
  [[nodiscard]] Json start() const {
    return {{"id", head_.id},
            {"object", "chat.completion.chunk"},
            {"created", head_.created},
            {"model", model_}};
  }

  [[nodiscard]] std::string chunk(std::size_t choice, Json delta, Json logprobs,
                                  std::string_view end) const {
    Json json = start();
    Json one = {{"index", choice}, {"delta", std::move(delta)}};
    one["logprobs"] = std::move(logprobs);
    one["finish_reason"] = end.empty() ? Json() : Json(end);
    json["choices"] = Json::array({std::move(one)});
    if (include_usage_) json["usage"] = nullptr;
    return openai_event(json);
  }

  const OpenAiReplyHead head_;
  const std::string model_;
  const bool logprobs_;
  const bool include_usage_;
  std::vector<bool> opened_;
};

}  // namespace

Decoded<OpenAiGenerate> parse_chat_completion(std::string_view body) {
  auto json = parse_body(body);
  if (!json) return std::unexpected(std::move(json.error()));
  return read_chat_completion(*json);
}

Decoded<OpenAiGenerate> read_chat_completion(const Json& body) {
  std::optional<BadInput> bad;
  Fields fields(body, "", bad);
  OpenAiGenerate out;
  serving::GenerateRequest& request = out.call.request;
  request.model = fields.required_text("model");
  serving::ChatInput chat;
  read_messages(fields, chat);
  read_tools(fields, chat);
  chat.json_schema = read_response_format(fields);
  read_sampling(fields, request.sampling);
  read_bounds(fields, request);
  read_logprobs(fields, request);
  read_template_arguments(fields, chat);
  refuse_unsupported(fields);
  out.call.count = static_cast<std::uint32_t>(fields.integer("n", 1, kMaxChoices).value_or(1));
  out.stream = fields.boolean("stream").value_or(false);
  if (const Json* options = fields.object("stream_options")) {
    Fields inner(*options, "stream_options", bad);
    out.include_usage = inner.boolean("include_usage").value_or(false);
  }
  if (bad) return std::unexpected(std::move(*bad));
  request.input = std::move(chat);
  return out;
}

std::unique_ptr<ReplyWriter> make_chat_writer(OpenAiReplyHead head, const OpenAiGenerate& request) {
  return std::make_unique<ChatWriter>(std::move(head), request);
}

ActionResult decode_create_chat_completion(StudioCall& call, const std::string& body) {
  auto request = parse_chat_completion(body);
  if (!request) return std::unexpected(std::move(request.error()));
  request->call.request.tenant = call.tenant();
  request->call.request.start_within = call.env.start_within;
  auto writer = make_chat_writer(
      {"chatcmpl-" + call.wire_id().substr(4), unix_seconds(call.env.clock.now())}, *request);
  return std::make_unique<GenerateAction>(std::move(request->call), std::move(writer),
                                          request->stream);
}

}  // namespace lakeside::modelstudio::wire
