#include "serving/llamacpp/text.h"

#include <cstdint>
#include <limits>

namespace lakeside::serving {

std::vector<Token> tokens_of(const llama_vocab* vocab, std::string_view text, bool ends,
                             bool special) {
  constexpr std::size_t kLongest = std::numeric_limits<std::int32_t>::max() / 2;
  text = text.substr(0, kLongest);
  auto size = static_cast<std::int32_t>(text.size());
  const char* data =
      text.data();  // NOLINT(bugprone-suspicious-stringview-data-usage): size goes with it
  // Hardly ever more tokens than this; else the answer is how many, less than zero.
  std::vector<Token> tokens(text.size() + 8);
  auto room = static_cast<std::int32_t>(tokens.size());
  std::int32_t count = llama_tokenize(vocab, data, size, tokens.data(), room, ends, special);
  if (count < 0) {
    tokens.resize(static_cast<std::size_t>(-count));
    count = llama_tokenize(vocab, data, size, tokens.data(), -count, ends, special);
  }
  tokens.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
  return tokens;
}

std::string piece_of(const llama_vocab* vocab, Token token, bool special) {
  if (token < 0 || token >= llama_vocab_n_tokens(vocab)) return {};
  std::string piece(32, '\0');
  auto room = static_cast<std::int32_t>(piece.size());
  std::int32_t length = llama_token_to_piece(vocab, token, piece.data(), room, 0, special);
  if (length < 0) {
    piece.resize(static_cast<std::size_t>(-length));
    length = llama_token_to_piece(vocab, token, piece.data(), -length, 0, special);
  }
  piece.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
  return piece;
}

}  // namespace lakeside::serving
