#include "app/model_tokens.h"

#include "services/modelstudio/core/usage.h"

namespace lakeside::app {
namespace {

constexpr std::string_view kService = "modelstudio";

}  // namespace

Task<Result<cms::TokenSums>> ModelTokens::read(const cms::SumsQuery& query) {
  using modelstudio::UsageKind;
  cms::TokenSums all;
  if (query.account_id != account_id_) co_return all;
  if (!query.service.empty() && query.service != kService) co_return all;
  modelstudio::UsageQuery asked{.from = query.from,
                                .to = query.to,
                                .width = query.width,
                                .key_ids = query.access_key_ids,
                                .models = query.resources,
                                .by_key = true,
                                .by_model = true};
  for (UsageKind kind : {UsageKind::kGenerate, UsageKind::kEmbed, UsageKind::kRank}) {
    asked.kind = kind;
    auto slices = co_await modelstudio::read_usage(kv_, asked);
    if (!slices) co_return std::unexpected(std::move(slices.error()));
    for (const auto& [at, totals] : *slices) {
      cms::TokenCounts& counts =
          all[{at.first, {account_id_, std::string(kService), at.second.model, at.second.key_id}}];
      counts.requests += totals.requests;
      counts.prompt += totals.prompt_tokens;
      counts.cached += totals.cached_tokens;
      counts.completion += totals.completion_tokens;
    }
  }
  co_return all;
}

}  // namespace lakeside::app
