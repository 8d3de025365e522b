// `lakeside serve`: the whole cloud, from its settings to its end.
#pragma once

#include "app/settings.h"

namespace lakeside::app {

// Serves until SIGTERM or SIGINT; returns the exit status.
[[nodiscard]] int serve(const ServeSettings& settings);

}  // namespace lakeside::app
