// The fields that embedding and ranking have in both dialects. Pure.
#pragma once

#include "services/modelstudio/ops/vectors.h"
#include "services/modelstudio/wire/fields.h"

namespace lakeside::modelstudio::wire {

// A text, texts; not tokens, whose numbers mean something else to each model.
[[nodiscard]] std::vector<std::string> read_inputs(Fields& fields, std::string_view name);
[[nodiscard]] std::optional<std::uint32_t> read_dimensions(Fields& fields, std::string_view name);
// query and documents; `options` has top_n and return_documents.
void read_ranking(Fields& fields, Fields& options, ops::Rank& rank);

}  // namespace lakeside::modelstudio::wire
