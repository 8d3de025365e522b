// A Kv that fails as a plan says, for tests of what stands on it.
#pragma once

#include <memory>

#include "engines/fault/fault_plan.h"
#include "engines/kv.h"

namespace lakeside::engines {

// Both must outlive the wrapper.
[[nodiscard]] std::unique_ptr<Kv> make_fault_kv(Kv& inner, FaultPlan& plan);

}  // namespace lakeside::engines
