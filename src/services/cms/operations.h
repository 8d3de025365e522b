// CloudMonitor (Cms, 2019-01-01): what was called, moved and stored, by the hour.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "engines/kv.h"
#include "gateway/rpc/product.h"
#include "services/cms/core/meter.h"
#include "services/cms/core/tokens.h"

namespace lakeside::cms {

// `kv` has what core/sums.h reads; `meter` writes there, and does so before it is read. All
// outlive the product.
[[nodiscard]] std::unique_ptr<rpc::Product> make_cms(engines::Kv& kv, Meter& meter,
                                                     TokenSource& tokens, std::string region);

[[nodiscard]] std::span<const gateway::OperationInfo> cms_operations();

}  // namespace lakeside::cms
