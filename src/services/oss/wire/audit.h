// What the audit trail keeps of a request to object storage. Pure.
#pragma once

#include "base/audit.h"
#include "services/oss/wire/call.h"

namespace lakeside::oss::wire {

// Objects and what lists them are data; buckets are managed.
[[nodiscard]] bool is_data(const Row& row);

void describe(const OssCall& call, const http::Response& response, AuditEvent& event);

}  // namespace lakeside::oss::wire
