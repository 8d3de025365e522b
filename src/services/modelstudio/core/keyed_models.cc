#include "services/modelstudio/core/keyed_models.h"

namespace lakeside::modelstudio {
namespace {

// Whether there is such a model is not for this key to know.
std::unexpected<ModelError> not_for_this_key(const std::string& model) {
  return std::unexpected(
      ModelError{serving::ModelFault::kForbiddenModel,
                 "The model `" + model + "` does not exist or you do not have access to it."});
}

}  // namespace

bool KeyedModels::may(const serving::Tenant& tenant, const std::string& model) const {
  auto key = keys_.named(tenant.id);
  return key && may_call(*key, model);
}

Task<ModelResult<std::unique_ptr<serving::Generation>>> KeyedModels::generate(
    const serving::GenerateRequest& request) {
  if (!may(request.tenant, request.model)) co_return not_for_this_key(request.model);
  co_return co_await server_.generate(request);
}

Task<ModelResult<serving::EmbedResult>> KeyedModels::embed(const std::string& model,
                                                           const std::vector<std::string>& texts,
                                                           const serving::Tenant& tenant) {
  if (!may(tenant, model)) co_return not_for_this_key(model);
  co_return co_await server_.embed(model, texts, tenant);
}

Task<ModelResult<serving::RankResult>> KeyedModels::rank(const std::string& model,
                                                         const std::string& query,
                                                         const std::vector<std::string>& documents,
                                                         const serving::Tenant& tenant) {
  if (!may(tenant, model)) co_return not_for_this_key(model);
  co_return co_await server_.rank(model, query, documents, tenant);
}

Task<ModelResult<ModelServer::Tokens>> KeyedModels::tokenize(const std::string& model,
                                                             const std::string& text) {
  co_return co_await server_.tokenize(model, text);
}

}  // namespace lakeside::modelstudio
