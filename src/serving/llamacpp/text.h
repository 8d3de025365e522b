// Between text and tokens.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <llama.h>

#include "serving/backend.h"

namespace lakeside::serving {

// `ends`: with the tokens that begin and end a text of this model. `special`: <|im_end|> and the
// like become their tokens.
[[nodiscard]] std::vector<Token> tokens_of(const llama_vocab* vocab, std::string_view text,
                                           bool ends, bool special);
[[nodiscard]] std::string piece_of(const llama_vocab* vocab, Token token, bool special);

}  // namespace lakeside::serving
