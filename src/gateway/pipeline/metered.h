// A service that says more of its calls to the meters than who called is this beside its Service.
#pragma once

#include "base/metering.h"
#include "gateway/pipeline/service.h"

namespace lakeside::gateway {

class Metered {
 public:
  virtual ~Metered() = default;
  // Corrects what the pipeline has filled in: by default the caller's account, no resource, and
  // writes told by the method. An empty account: it is not metered.
  virtual void measure(const Call& call, MeteredCall& metered) const = 0;
};

}  // namespace lakeside::gateway
