// A service whose calls leave events for the audit trail is this beside its Service.
#pragma once

#include <cstdint>

#include "base/audit.h"
#include "gateway/http/message.h"
#include "gateway/pipeline/service.h"

namespace lakeside::gateway {

enum class AuditKind : std::uint8_t { kNone, kManagement, kData };

class Audited {
 public:
  virtual ~Audited() = default;
  // Of each operation, asked once.
  [[nodiscard]] virtual AuditKind audit_kind(const OperationInfo& operation) const = 0;
  // Whether what was asked for was not allowed, whatever the client is told.
  [[nodiscard]] virtual bool denied(const http::Response& response) const {
    return response.status == 403;
  }
  // What only the service knows: its name, what was called and asked for, on what. The pipeline has
  // filled in the rest. Called only for calls that are recorded.
  virtual void describe(const Call& call, const http::Response& response,
                        AuditEvent& event) const = 0;
};

// By its name: what gets, lists or describes changes nothing.
[[nodiscard]] bool is_read(std::string_view operation);

// The texts between the first `from` and the next `to`; for messages of errors.
[[nodiscard]] std::string text_between(const http::Response& response, std::string_view from,
                                       std::string_view to);

}  // namespace lakeside::gateway
