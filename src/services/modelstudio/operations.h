// The table of operations.
#pragma once

#include <span>

#include "services/modelstudio/wire/call.h"

namespace lakeside::modelstudio {

// Every operation of both APIs, also those that are not implemented.
[[nodiscard]] std::span<const wire::Row> operations();

}  // namespace lakeside::modelstudio
