// What models did, which somebody else counts: as this service asks for it.
#pragma once

#include <cstdint>
#include <map>

#include "services/cms/core/sums.h"

namespace lakeside::cms {

struct TokenCounts {
  std::uint64_t requests = 0;
  std::uint64_t prompt = 0;
  std::uint64_t cached = 0;  // of the prompts'
  std::uint64_t completion = 0;
};
// Of a label `resource` is a model, `access_key_id` a model key's id.
using TokenSums = std::map<HourLabel, TokenCounts>;

class TokenSource {
 public:
  virtual ~TokenSource() = default;
  // By model and key, whatever the query's groups are. Errors: the engine's; kCorrupt; kTooLarge.
  [[nodiscard]] virtual Task<Result<TokenSums>> read(const SumsQuery& query) = 0;
};

}  // namespace lakeside::cms
