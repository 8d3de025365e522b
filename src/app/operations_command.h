// `lakeside operations`: what every service knows, from their tables.
#pragma once

#include <string>

namespace lakeside::app {

[[nodiscard]] std::string operations_text(bool json);

}  // namespace lakeside::app
