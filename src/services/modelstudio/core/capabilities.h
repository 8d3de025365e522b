// What a model can be called for, as all APIs name it.
#pragma once

#include <string_view>
#include <vector>

#include "serving/backend.h"

namespace lakeside::modelstudio {

[[nodiscard]] inline std::vector<std::string_view> capabilities_of(const serving::ModelCard& card) {
  std::vector<std::string_view> can;
  if (card.generates && !card.chat_template.empty()) can.emplace_back("chat");
  if (card.generates) can.emplace_back("completion");
  if (card.embeds) can.emplace_back("embedding");
  if (card.reranks) can.emplace_back("rerank");
  return can;
}

}  // namespace lakeside::modelstudio
