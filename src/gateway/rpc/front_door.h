// The front door of all RPC APIs: finds the product by its version and the operation by its name,
// and takes the request through the pipeline's steps for it.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/clock.h"
#include "gateway/pipeline/service.h"
#include "gateway/rpc/product.h"

namespace lakeside::rpc {

// Whether a request is one of RPC, by its head: never one that is signed for object storage.
[[nodiscard]] bool is_rpc_request(const http::RequestHead& head);

// Products and clock outlive the service. Two products of one version are told apart by their hosts
// and operations.
[[nodiscard]] std::unique_ptr<gateway::Service> make_front_door(std::vector<Product*> products,
                                                                const Clock& clock,
                                                                std::chrono::seconds max_skew);

}  // namespace lakeside::rpc
