// The least JSON value that fits a schema.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace lakeside::serving::fake {

// Errors: kInvalid.
[[nodiscard]] Result<std::string> least_instance(std::string_view json_schema);

}  // namespace lakeside::serving::fake
