// kv.h in memory, for tests: it forgets everything when destroyed, and blocks for a moment.
#pragma once

#include <memory>

#include "engines/kv.h"

namespace lakeside::engines {

[[nodiscard]] std::unique_ptr<Kv> make_memory_kv();

}  // namespace lakeside::engines
