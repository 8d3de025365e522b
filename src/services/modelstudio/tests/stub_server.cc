#include "services/modelstudio/tests/stub_server.h"

namespace lakeside::modelstudio {
namespace {

using serving::ModelError;
using serving::ModelResult;

class StubGeneration final : public serving::Generation {
 public:
  explicit StubGeneration(StubServer& server)
      : server_(server), left_(server.deltas.begin(), server.deltas.end()) {
    ++server_.alive;
  }
  ~StubGeneration() override { --server_.alive; }

  Task<ModelResult<std::optional<serving::Delta>>> next() override {
    if (left_.empty()) {
      if (server_.fail_after) co_return std::unexpected(*server_.fail_after);
      co_return std::optional<serving::Delta>();
    }
    std::optional<serving::Delta> delta = std::move(left_.front());
    left_.pop_front();
    co_return delta;
  }
  void cancel() override {
    ++server_.cancelled;
    left_.clear();
  }
  [[nodiscard]] serving::FinishReason finish_reason() const override { return server_.finish; }
  [[nodiscard]] serving::Usage usage() const override { return server_.usage; }
  [[nodiscard]] Result<serving::ChatReply> parse(std::string_view text, bool) const override {
    for (const auto& [written, meaning] : server_.meanings) {
      if (written == text) return meaning;
    }
    return serving::ChatReply{std::string(text), {}, {}};
  }

 private:
  StubServer& server_;
  std::deque<serving::Delta> left_;
};

}  // namespace

std::vector<serving::ModelStatus> StubServer::models() const {
  std::vector<serving::ModelStatus> all(2);
  all[0].name = "stub";
  all[0].added = *parse_iso8601("2026-11-21T23:15:09Z");
  all[1].name = "org/embedder";
  return all;
}

Task<ModelResult<std::unique_ptr<serving::Generation>>> StubServer::generate(
    const serving::GenerateRequest& request) {
  asked.push_back(request);
  if (refuse) co_return std::unexpected(*refuse);
  if (before_generate) {
    auto ask = before_generate;
    if (auto error = ask(request)) co_return std::unexpected(std::move(*error));
  }
  co_return std::make_unique<StubGeneration>(*this);
}

Task<ModelResult<serving::EmbedResult>> StubServer::embed(const std::string&,
                                                          const std::vector<std::string>& given,
                                                          const serving::Tenant&) {
  texts = given;
  if (refuse) co_return std::unexpected(*refuse);
  serving::EmbedResult result;
  for (std::size_t i = 0; i < given.size(); ++i) result.vectors.push_back({0.6F, 0.0F, 0.8F});
  result.tokens = 5;
  co_return result;
}

Task<ModelResult<serving::RankResult>> StubServer::rank(const std::string&, const std::string&,
                                                        const std::vector<std::string>& documents,
                                                        const serving::Tenant&) {
  texts = documents;
  if (refuse) co_return std::unexpected(*refuse);
  serving::RankResult result;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    result.scores.push_back(static_cast<float>(documents[i].size()));
  }
  result.tokens = 9;
  co_return result;
}

Task<ModelResult<serving::ModelServer::Tokens>> StubServer::tokenize(const std::string&,
                                                                     const std::string& text) {
  texts = {text};
  if (refuse) co_return std::unexpected(*refuse);
  co_return Tokens{{1, 2}, {"to", "ken"}};
}

}  // namespace lakeside::modelstudio
