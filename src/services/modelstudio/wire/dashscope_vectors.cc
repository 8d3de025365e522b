#include <utility>

#include "services/modelstudio/wire/chat_fields.h"
#include "services/modelstudio/wire/codecs.h"
#include "services/modelstudio/wire/dashscope_fields.h"
#include "services/modelstudio/wire/dashscope_tasks.h"
#include "services/modelstudio/wire/vector_fields.h"
#include "services/modelstudio/wire/vectors.h"

namespace lakeside::modelstudio::wire {
namespace {

std::string answer(const StudioCall& call, Json output, Json usage) {
  return to_text(
      {{"output", std::move(output)}, {"usage", std::move(usage)}, {"request_id", call.wire_id()}});
}

class EmbedAction final : public gateway::Action {
 public:
  explicit EmbedAction(ops::Embed request) : request_(std::move(request)) {}

  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto result = co_await ops::run(call.env.server, request_);
    if (!result) co_return call.error(result.error());
    Json all = Json::array();
    for (const std::vector<float>& vector : result->vectors) {
      all.push_back({{"text_index", all.size()}, {"embedding", vector}});
    }
    Json output = {{"embeddings", std::move(all)}};
    Json usage = {{"total_tokens", result->tokens}};
    co_return json_response(answer(call, std::move(output), std::move(usage)));
  }

 private:
  ops::Embed request_;
};

class RankAction final : public gateway::Action {
 public:
  explicit RankAction(ops::Rank request) : request_(std::move(request)) {}

  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto ranking = co_await ops::run(call.env.server, request_);
    if (!ranking) co_return call.error(ranking.error());
    Json output = {{"results", ranking_json(request_, *ranking)}};
    Json usage = {{"total_tokens", ranking->tokens}};
    co_return json_response(answer(call, std::move(output), std::move(usage)));
  }

 private:
  ops::Rank request_;
};

class TokenizeAction final : public gateway::Action {
 public:
  explicit TokenizeAction(ops::Tokenize request) : request_(std::move(request)) {}

  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    if (!may_call(*call.key, request_.model)) {
      co_return call.error(forbidden_model(request_.model, call.dialect));
    }
    auto tokens = co_await ops::run(call.env.server, request_);
    if (!tokens) co_return call.error(tokens.error());
    Json output = {{"token_ids", tokens->ids}, {"tokens", tokens->texts}};
    Json usage = {{"input_tokens", tokens->ids.size()}};
    co_return json_response(answer(call, std::move(output), std::move(usage)));
  }

 private:
  ops::Tokenize request_;
};

}  // namespace

Decoded<EmbeddingRequest> parse_dashscope_embedding(std::string_view text) {
  DashScopeBody body(parse_body(text));
  EmbeddingRequest out;
  out.embed.model = body.model();
  out.embed.texts = read_inputs(body.input(), "texts");
  Fields& parameters = body.parameters();
  out.embed.dimensions = read_dimensions(parameters, "dimension");
  std::string type = parameters.text("output_type").value_or("dense");
  if (type != "dense") parameters.invalid("output_type", "only 'dense' is supported.");
  std::string of = parameters.text("text_type").value_or("document");
  if (of != "document" && of != "query") {
    parameters.invalid("text_type", "Supported values are: 'document' and 'query'.");
  }
  refuse(parameters, {"instruct"});
  if (body.bad()) return std::unexpected(std::move(*body.bad()));
  return out;
}

Decoded<ops::Rank> parse_dashscope_rerank(std::string_view text) {
  DashScopeBody body(parse_body(text));
  ops::Rank out;
  out.model = body.model();
  read_ranking(body.input(), body.parameters(), out);
  if (body.bad()) return std::unexpected(std::move(*body.bad()));
  return out;
}

Decoded<ops::Tokenize> parse_tokenizer(std::string_view text) {
  DashScopeBody body(parse_body(text));
  ops::Tokenize out;
  out.model = body.model();
  if (body.input().has("messages")) {
    serving::ChatInput chat;
    read_messages(body.input(), chat);
    if (!body.bad()) out.text = joined_texts(chat);
  } else {
    out.text = body.input().required_text("prompt");
  }
  if (body.bad()) return std::unexpected(std::move(*body.bad()));
  return out;
}

ActionResult decode_text_embedding(StudioCall& call, const std::string& body) {
  if (body.find("\"url\"") != std::string::npos && names_texts(body)) {
    return decode_batch_embedding(call, body);
  }
  auto request = parse_dashscope_embedding(body);
  if (!request) return std::unexpected(std::move(request.error()));
  if (wants_task(call)) return make_task(call, request->embed.model, body);
  request->embed.tenant = call.tenant();
  return std::make_unique<EmbedAction>(std::move(request->embed));
}

ActionResult decode_text_rerank(StudioCall& call, const std::string& body) {
  auto request = parse_dashscope_rerank(body);
  if (!request) return std::unexpected(std::move(request.error()));
  if (wants_task(call)) return make_task(call, request->model, body);
  request->tenant = call.tenant();
  return std::make_unique<RankAction>(std::move(*request));
}

ActionResult decode_tokenizer(StudioCall&, const std::string& body) {
  auto request = parse_tokenizer(body);
  if (!request) return std::unexpected(std::move(request.error()));
  return std::make_unique<TokenizeAction>(std::move(*request));
}

}  // namespace lakeside::modelstudio::wire
