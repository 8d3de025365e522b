#include <string_view>
#include <utility>

#include "base/characters.h"
#include "services/modelstudio/wire/chat_fields.h"
#include "services/modelstudio/wire/codecs.h"
#include "services/modelstudio/wire/openai_chat.h"
#include "services/modelstudio/wire/openai_events.h"
#include "services/modelstudio/wire/shapes.h"

namespace lakeside::modelstudio::wire {
namespace {

constexpr std::size_t kMaxPrompts = 64;

// {"tokens", "token_logprobs", "top_logprobs", "text_offset"}, of the text from `offset` on.
Json flat_logprobs(std::span<const serving::TokenLogprob> logprobs, std::size_t offset) {
  Json tokens = Json::array();
  Json values = Json::array();
  Json tops = Json::array();
  Json offsets = Json::array();
  for (const serving::TokenLogprob& one : logprobs) {
    tokens.push_back(one.text);
    values.push_back(one.logprob);
    Json top = Json::object();
    // Tokens that are parts of characters may look alike: the likelier one is told.
    for (const auto& [text, logprob] : one.alternatives) {
      if (!top.contains(text)) top[text] = logprob;
    }
    if (!top.contains(one.text)) top[one.text] = one.logprob;
    tops.push_back(std::move(top));
    offsets.push_back(offset);
    offset += characters(one.text);
  }
  return {{"tokens", std::move(tokens)},
          {"token_logprobs", std::move(values)},
          {"top_logprobs", std::move(tops)},
          {"text_offset", std::move(offsets)}};
}

class CompletionWriter final : public ReplyWriter {
 public:
  CompletionWriter(OpenAiReplyHead head, const OpenAiGenerate& request)
      : head_(std::move(head)),
        model_(request.call.request.model),
        logprobs_(request.call.request.logprobs.has_value()),
        include_usage_(request.include_usage),
        count_(request.call.count),
        echo_(request.echo ? request.call.prompts : std::vector<std::string>()),
        told_(request.call.prompts.size() * request.call.count, 0) {}

  std::string whole(const ops::Choices& choices) override {
    Json all = Json::array();
    for (std::size_t i = 0; i < choices.size(); ++i) {
      const ops::Reply& reply = choices.reply(i);
      all.push_back(choice(i, echoed(i) + reply.content, reply.logprobs, reply.end));
    }
    Json json = start();
    json["choices"] = std::move(all);
    json["usage"] = openai_usage(choices.usage());
    return to_text(json);
  }

  std::string change(const ops::Choices&, const ops::Change& change) override {
    Json json = start();
    std::string text = told_[change.choice] == 0 ? echoed(change.choice) : std::string();
    text += change.content;
    json["choices"] = Json::array({choice(change.choice, text, change.logprobs, change.end)});
    if (include_usage_) json["usage"] = nullptr;
    told_[change.choice] += characters(text);
    return openai_event(json);
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
  [[nodiscard]] std::string echoed(std::size_t choice) const {
    return echo_.empty() ? std::string() : echo_[choice / count_];
  }
  [[nodiscard]] Json start() const {
    return {{"id", head_.id},
            {"object", "text_completion"},
            {"created", head_.created},
            {"model", model_}};
  }
  [[nodiscard]] Json choice(std::size_t index, const std::string& text,
                            std::span<const serving::TokenLogprob> logprobs,
                            std::optional<ops::End> end) const {
    return {{"index", index},
            {"text", text},
            {"logprobs", logprobs_ ? flat_logprobs(logprobs, told_[index]) : Json()},
            {"finish_reason", end ? Json(end_name(*end)) : Json()}};
  }

  const OpenAiReplyHead head_;
  const std::string model_;
  const bool logprobs_;
  const bool include_usage_;
  const std::uint32_t count_;
  const std::vector<std::string> echo_;
  std::vector<std::size_t> told_;  // characters of each choice
};

void read_prompts(Fields& fields, ops::GenerateCall& call) {
  const Json* prompt = fields.find("prompt");
  if (prompt == nullptr) return fields.missing("prompt");
  bool tokens = prompt->is_array() && !prompt->empty() && !prompt->front().is_string();
  if (tokens) {
    return fields.invalid("prompt", "send texts; arrays of tokens are not supported.",
                          "unsupported_value");
  }
  call.prompts = fields.texts("prompt", kMaxPrompts);
}

void refuse_unsupported(Fields& fields, const OpenAiGenerate& request) {
  if (auto text = fields.text("suffix"); text && !text->empty()) {
    fields.invalid("suffix", "it is not supported.", "unsupported_parameter");
  }
  auto best_of = fields.integer("best_of", 1, kMaxChoices);
  if (best_of && *best_of != request.call.count) {
    fields.invalid("best_of", "only the value of 'n' is supported.", "unsupported_value");
  }
  if (request.echo && request.call.request.logprobs) {
    fields.invalid("echo", "it is not supported together with 'logprobs'.", "unsupported_value");
  }
}

}  // namespace

Decoded<OpenAiGenerate> parse_completion(std::string_view body) {
  auto json = parse_body(body);
  if (!json) return std::unexpected(std::move(json.error()));
  std::optional<BadInput> bad;
  Fields fields(*json, "", bad);
  OpenAiGenerate out;
  serving::GenerateRequest& request = out.call.request;
  request.model = fields.required_text("model");
  read_prompts(fields, out.call);
  read_sampling(fields, request.sampling);
  read_bounds(fields, request);
  if (!fields.has("max_tokens")) request.max_tokens = 16;  // OpenAI's default, here alone
  if (auto logprobs = fields.integer("logprobs", 0, 20)) {
    request.logprobs = static_cast<std::uint32_t>(*logprobs);
  }
  request.json_schema = read_response_format(fields);
  out.call.count = static_cast<std::uint32_t>(fields.integer("n", 1, kMaxChoices).value_or(1));
  out.stream = fields.boolean("stream").value_or(false);
  out.echo = fields.boolean("echo").value_or(false);
  refuse_unsupported(fields, out);
  if (const Json* options = fields.object("stream_options")) {
    Fields inner(*options, "stream_options", bad);
    out.include_usage = inner.boolean("include_usage").value_or(false);
  }
  if (bad) return std::unexpected(std::move(*bad));
  return out;
}

std::unique_ptr<ReplyWriter> make_completion_writer(OpenAiReplyHead head,
                                                    const OpenAiGenerate& request) {
  return std::make_unique<CompletionWriter>(std::move(head), request);
}

ActionResult decode_create_completion(StudioCall& call, const std::string& body) {
  auto request = parse_completion(body);
  if (!request) return std::unexpected(std::move(request.error()));
  request->call.request.tenant = call.tenant();
  request->call.request.start_within = call.env.start_within;
  auto writer = make_completion_writer(
      {"cmpl-" + call.wire_id().substr(4), unix_seconds(call.env.clock.now())}, *request);
  return std::make_unique<GenerateAction>(std::move(request->call), std::move(writer),
                                          request->stream);
}

}  // namespace lakeside::modelstudio::wire
