// What every Backend must do. One joins with
//   INSTANTIATE_TEST_SUITE_P(Name, BackendContract, testing::Values(BackendMaker(make_mine)));
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "serving/backend.h"

namespace lakeside::serving::contract {

// Nothing where it cannot run here: its cases are skipped. The path in the options is its own.
using BackendMaker = std::function<std::unique_ptr<Backend>(const LoadOptions& options)>;

class BackendContract : public testing::TestWithParam<BackendMaker> {
 protected:
  static constexpr std::uint32_t kCells = 512;
  static constexpr std::uint32_t kSequences = 4;
  static constexpr std::uint32_t kBatch = 64;

  void SetUp() override;
  Backend& backend() { return *backend_; }

  // Computes tokens of a sequence from `position` on, in pieces; the last one wants logits.
  Status feed(SequenceId sequence, const std::vector<Token>& tokens, std::int32_t position = 0);
  // Of the last row that was fed.
  std::vector<float> last_logits();
  // The likeliest, again and again, until the end or `most`, as text.
  std::string generate(SequenceId sequence, const std::vector<Token>& prompt, int most,
                       Grammar* grammar = nullptr);
  std::vector<Token> tokens(std::string_view text) { return backend().tokenize(text, false); }
  std::vector<Token> some_tokens(std::size_t count);
  Token end_token();
  std::string chat_reply(const ChatPrompt& prompt, int most);

 private:
  std::unique_ptr<Backend> backend_;
  std::size_t last_row_ = 0;
};

}  // namespace lakeside::serving::contract
