// Grammars of llama.cpp behind the interface of the scheduler.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <llama.h>

#include "base/result.h"
#include "serving/backend.h"

namespace lakeside::serving {

// How a chat's grammar begins. It travels in the grammar's first line, a comment of GBNF, so that
// one string is all that the scheduler keeps.
struct GrammarStart {
  std::string prefill;                // what the prompt has already of the reply
  bool lazy = false;                  // nothing is masked before a trigger
  std::vector<std::string> triggers;  // regular expressions
  std::vector<std::int32_t> token_triggers;
};
[[nodiscard]] std::string with_start(const GrammarStart& start, std::string_view gbnf);

// Errors: kInvalid. The model outlives it.
[[nodiscard]] Result<std::unique_ptr<Grammar>> make_grammar(const llama_vocab* vocab,
                                                            std::string_view gbnf);

// Errors: kInvalid.
[[nodiscard]] Result<std::string> grammar_of_schema(std::string_view json_schema);

// Whether JSON nests at most so deep that recursive readers are safe. Looks at brackets only.
[[nodiscard]] bool shallow_json(std::string_view json);

}  // namespace lakeside::serving
