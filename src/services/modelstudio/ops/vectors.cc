#include "services/modelstudio/ops/vectors.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace lakeside::modelstudio::ops {
namespace {

void shorten(std::vector<float>& vector, std::size_t size) {
  vector.resize(size);
  double squares = 0;
  for (float x : vector) squares += static_cast<double>(x) * x;
  if (squares <= 0) return;
  auto scale = static_cast<float>(1 / std::sqrt(squares));
  for (float& x : vector) x *= scale;
}

}  // namespace

Task<ModelResult<serving::EmbedResult>> run(ModelServer& server, const Embed& call) {
  auto result = co_await server.embed(call.model, call.texts, call.tenant);
  if (!result || !call.dimensions) co_return result;
  for (std::vector<float>& vector : result->vectors) {
    if (vector.size() < *call.dimensions) {
      co_return std::unexpected(ModelError{
          ModelFault::kInvalid,
          "This model's vectors have " + std::to_string(vector.size()) + " dimensions."});
    }
    if (vector.size() > *call.dimensions) shorten(vector, *call.dimensions);
  }
  co_return result;
}

Task<ModelResult<Ranking>> run(ModelServer& server, const Rank& call) {
  auto result = co_await server.rank(call.model, call.query, call.documents, call.tenant);
  if (!result) co_return std::unexpected(std::move(result.error()));
  Ranking ranking;
  ranking.tokens = result->tokens;
  for (std::size_t i = 0; i < result->scores.size(); ++i) {
    float score = result->scores[i];
    // What is no number can be neither sorted nor written.
    ranking.best.push_back({i, std::isnan(score) ? std::numeric_limits<float>::lowest() : score});
  }
  std::ranges::sort(ranking.best, [](const Ranked& a, const Ranked& b) {
    return a.score != b.score ? a.score > b.score : a.index < b.index;
  });
  if (call.top && *call.top < ranking.best.size()) ranking.best.resize(*call.top);
  co_return ranking;
}

Task<ModelResult<ModelServer::Tokens>> run(ModelServer& server, const Tokenize& call) {
  co_return co_await server.tokenize(call.model, call.text);
}

}  // namespace lakeside::modelstudio::ops
