#include "engines/fault/fault_plan.h"

#include <utility>

namespace lakeside::engines {

void FaultPlan::add(const Fault& fault) {
  std::lock_guard lock(mutex_);
  faults_.push_back(fault);
}

void FaultPlan::clear() {
  std::lock_guard lock(mutex_);
  faults_.clear();
}

std::size_t FaultPlan::calls(FaultPoint point) const {
  std::lock_guard lock(mutex_);
  return calls_[static_cast<std::size_t>(point)];
}

std::optional<Fault> FaultPlan::on_call(FaultPoint point) {
  std::lock_guard lock(mutex_);
  ++calls_[static_cast<std::size_t>(point)];
  std::optional<Fault> failing;
  for (Fault& fault : faults_) {
    if (fault.point != point) continue;
    if (fault.after > 0) {
      --fault.after;
    } else if (fault.times > 0 && !failing) {
      if (fault.times != Fault::kForEver) --fault.times;
      failing = fault;
    }
  }
  return failing;
}

}  // namespace lakeside::engines
