// The usage of models as CloudMonitor asks for it.
#pragma once

#include <string>

#include "services/cms/core/tokens.h"

namespace lakeside::app {

class ModelTokens final : public cms::TokenSource {
 public:
  // `kv` has the usage and outlives it; all model keys are that account's.
  ModelTokens(engines::Kv& kv, std::string account_id)
      : kv_(kv), account_id_(std::move(account_id)) {}
  Task<Result<cms::TokenSums>> read(const cms::SumsQuery& query) override;

 private:
  engines::Kv& kv_;
  const std::string account_id_;
};

}  // namespace lakeside::app
