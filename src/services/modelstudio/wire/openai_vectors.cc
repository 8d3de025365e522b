#include <utility>

#include "services/modelstudio/wire/codecs.h"
#include "services/modelstudio/wire/shapes.h"
#include "services/modelstudio/wire/vector_fields.h"
#include "services/modelstudio/wire/vectors.h"

namespace lakeside::modelstudio::wire {
namespace {

Json usage_json(std::uint64_t tokens) {
  return {{"prompt_tokens", tokens}, {"total_tokens", tokens}};
}

std::string embedding_document(const EmbeddingRequest& request,
                               const serving::EmbedResult& result) {
  Json data = Json::array();
  for (const std::vector<float>& vector : result.vectors) {
    data.push_back({{"object", "embedding"},
                    {"index", data.size()},
                    {"embedding", request.base64 ? Json(base64_floats(vector)) : Json(vector)}});
  }
  return to_text({{"object", "list"},
                  {"data", std::move(data)},
                  {"model", request.embed.model},
                  {"usage", usage_json(result.tokens)}});
}

class EmbedAction final : public gateway::Action {
 public:
  explicit EmbedAction(EmbeddingRequest request) : request_(std::move(request)) {}

  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto result = co_await ops::run(call.env.server, request_.embed);
    if (!result) co_return call.error(result.error());
    co_return json_response(embedding_document(request_, *result));
  }

 private:
  EmbeddingRequest request_;
};

class RankAction final : public gateway::Action {
 public:
  explicit RankAction(ops::Rank request) : request_(std::move(request)) {}

  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto ranking = co_await ops::run(call.env.server, request_);
    if (!ranking) co_return call.error(ranking.error());
    co_return json_response(to_text({{"object", "list"},
                                     {"id", call.wire_id()},
                                     {"model", request_.model},
                                     {"results", ranking_json(request_, *ranking)},
                                     {"usage", usage_json(ranking->tokens)}}));
  }

 private:
  ops::Rank request_;
};

}  // namespace

Json ranking_json(const ops::Rank& request, const ops::Ranking& ranking) {
  Json results = Json::array();
  for (const ops::Ranked& ranked : ranking.best) {
    Json one = {{"index", ranked.index}, {"relevance_score", ranked.score}};
    if (request.return_documents) one["document"] = {{"text", request.documents[ranked.index]}};
    results.push_back(std::move(one));
  }
  return results;
}

Decoded<EmbeddingRequest> parse_openai_embedding(std::string_view body) {
  auto json = parse_body(body);
  if (!json) return std::unexpected(std::move(json.error()));
  std::optional<BadInput> bad;
  Fields fields(*json, "", bad);
  EmbeddingRequest out;
  out.embed.model = fields.required_text("model");
  out.embed.texts = read_inputs(fields, "input");
  out.embed.dimensions = read_dimensions(fields, "dimensions");
  std::string format = fields.text("encoding_format").value_or("float");
  out.base64 = format == "base64";
  if (!out.base64 && format != "float") {
    fields.invalid("encoding_format", "Supported values are: 'float' and 'base64'.");
  }
  if (bad) return std::unexpected(std::move(*bad));
  return out;
}

Decoded<ops::Rank> parse_openai_rerank(std::string_view body) {
  auto json = parse_body(body);
  if (!json) return std::unexpected(std::move(json.error()));
  std::optional<BadInput> bad;
  Fields fields(*json, "", bad);
  ops::Rank out;
  out.model = fields.required_text("model");
  read_ranking(fields, fields, out);
  if (bad) return std::unexpected(std::move(*bad));
  return out;
}

ActionResult decode_create_embedding(StudioCall& call, const std::string& body) {
  auto request = parse_openai_embedding(body);
  if (!request) return std::unexpected(std::move(request.error()));
  request->embed.tenant = call.tenant();
  return std::make_unique<EmbedAction>(std::move(*request));
}

ActionResult decode_create_rerank(StudioCall& call, const std::string& body) {
  auto request = parse_openai_rerank(body);
  if (!request) return std::unexpected(std::move(request.error()));
  request->tenant = call.tenant();
  return std::make_unique<RankAction>(std::move(*request));
}

}  // namespace lakeside::modelstudio::wire
