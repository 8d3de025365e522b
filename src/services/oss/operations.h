// The table of operations.
#pragma once

#include <span>

#include "services/oss/wire/routing.h"

namespace lakeside::oss {

// Every operation of both APIs, also those that are not implemented.
[[nodiscard]] std::span<const wire::Row> operations();

}  // namespace lakeside::oss
