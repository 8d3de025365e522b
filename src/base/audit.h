// What a request leaves for the audit trail: who called what, on what, from where, how it ended.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/principal.h"

namespace lakeside {

struct AuditEvent {
  Time at{};
  std::string request_id;
  bool data = false;  // a call on data, else a management call
  bool write = true;
  bool by_anybody = false;  // a user or role needs no permission to cause it, such as to be refused
  std::string service;      // "Oss"
  std::string api_version;  // "2015-05-01"; empty: the API has none
  std::string source;       // the host that was called
  std::string name;         // "PutBucket"
  Principal caller = {};    // without its grants
  std::string account_id;   // whose trail it belongs to; empty: the installation's own
  std::string peer;
  std::string user_agent;
  bool tls = false;
  std::vector<std::pair<std::string, std::string>> parameters;  // never a secret
  std::string resource_type;                                    // "ACS::OSS::Bucket"
  std::string resource_name;
  // What policies were asked: action and resource.
  std::vector<std::pair<std::string, std::string>> asked;
  std::string error_code;
  std::string error_message;
};

// Thread-safe, and never blocks: called at the end of every request.
class AuditSink {
 public:
  virtual ~AuditSink() = default;
  // Whether calls of that kind are recorded at all: on data or not, denied (403) or not.
  [[nodiscard]] virtual bool wants(bool data, bool denied) const = 0;
  virtual void record(AuditEvent event) = 0;
};

}  // namespace lakeside
