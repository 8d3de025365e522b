// What can be said of a model before it is loaded: from its file's header alone.
#pragma once

#include "serving/backend.h"
#include "serving/llamacpp/gguf.h"

namespace lakeside::serving {

// Without `description` of the weights and `vocabulary`, which take loading, and `file_bytes`.
[[nodiscard]] ModelCard header_card(const GgufFile& file);

}  // namespace lakeside::serving
