// What every engine checks before it touches storage.
#pragma once

#include <string_view>

#include "base/result.h"
#include "engines/kv.h"

namespace lakeside::engines {

// kInvalid for a partition name that kv.h does not allow.
[[nodiscard]] Status validate(const Partition& partition);

// kInvalid for an empty key or value, kTooLarge for one over its limit.
[[nodiscard]] Status validate(const Batch& batch);

// kInvalid for a group that blob.h does not allow.
[[nodiscard]] Status validate_group(std::string_view group);

}  // namespace lakeside::engines
