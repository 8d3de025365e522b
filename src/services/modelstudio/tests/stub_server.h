// A ModelServer that answers as it is told, and keeps what it was asked.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "serving/model.h"

namespace lakeside::modelstudio {

class StubServer final : public serving::ModelServer {
 public:
  // The pieces of every reply, and how it ends.
  std::vector<serving::Delta> deltas = {{"Hello", {}}, {" world", {}}};
  serving::FinishReason finish = serving::FinishReason::kStop;
  serving::Usage usage{.prompt_tokens = 7, .cached_tokens = 4, .completion_tokens = 2};
  std::optional<serving::ModelError> refuse;      // answered by every call
  std::optional<serving::ModelError> fail_after;  // answered after the last delta
  // Asked before each generation.
  std::function<std::optional<serving::ModelError>(const serving::GenerateRequest&)>
      before_generate;
  // What a reply of a chat means; else its text is the content.
  std::vector<std::pair<std::string, serving::ChatReply>> meanings;

  std::vector<serving::GenerateRequest> asked;
  std::vector<std::string> texts;  // embedded, or ranked, or tokenized
  int cancelled = 0;               // replies that were ended from outside
  int alive = 0;                   // replies that are not destroyed

  [[nodiscard]] std::vector<serving::ModelStatus> models() const override;
  Task<serving::ModelResult<std::unique_ptr<serving::Generation>>> generate(
      const serving::GenerateRequest& request) override;
  Task<serving::ModelResult<serving::EmbedResult>> embed(const std::string& model,
                                                         const std::vector<std::string>& given,
                                                         const serving::Tenant& tenant) override;
  Task<serving::ModelResult<serving::RankResult>> rank(const std::string& model,
                                                       const std::string& query,
                                                       const std::vector<std::string>& documents,
                                                       const serving::Tenant& tenant) override;
  Task<serving::ModelResult<Tokens>> tokenize(const std::string& model,
                                              const std::string& text) override;
};

}  // namespace lakeside::modelstudio
