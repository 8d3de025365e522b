// A key as it rests: JSON, so that fields can be added.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "services/modelstudio/core/model_keys.h"

namespace lakeside::modelstudio {

[[nodiscard]] std::string encode_key(const ModelKey& key);
// Errors: kCorrupt.
[[nodiscard]] Result<ModelKey> decode_key(std::string_view record);

}  // namespace lakeside::modelstudio
