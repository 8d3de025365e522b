// The models as keys may call them: a model that a key's settings do not name is not there for it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "services/modelstudio/core/model_keys.h"
#include "services/modelstudio/core/types.h"

namespace lakeside::modelstudio {

// Asks for each call, by the tenant's id, so that a change of a key holds from the next one on; of
// lines of batches, too. What has no tenant (models, tokenize) is for the caller to look after.
// Both outlive it.
class KeyedModels final : public ModelServer {
 public:
  KeyedModels(ModelServer& server, const ModelKeys& keys) : server_(server), keys_(keys) {}

  [[nodiscard]] std::vector<serving::ModelStatus> models() const override {
    return server_.models();
  }
  Task<ModelResult<std::unique_ptr<serving::Generation>>> generate(
      const serving::GenerateRequest& request) override;
  Task<ModelResult<serving::EmbedResult>> embed(const std::string& model,
                                                const std::vector<std::string>& texts,
                                                const serving::Tenant& tenant) override;
  Task<ModelResult<serving::RankResult>> rank(const std::string& model, const std::string& query,
                                              const std::vector<std::string>& documents,
                                              const serving::Tenant& tenant) override;
  Task<ModelResult<Tokens>> tokenize(const std::string& model, const std::string& text) override;

 private:
  [[nodiscard]] bool may(const serving::Tenant& tenant, const std::string& model) const;

  ModelServer& server_;
  const ModelKeys& keys_;
};

}  // namespace lakeside::modelstudio
