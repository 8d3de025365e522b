// Trails: which events go to which bucket, and how far they have come.
// docs/formats/audit-events.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "engines/kv.h"
#include "services/actiontrail/core/journal.h"

namespace lakeside::actiontrail {

inline constexpr std::size_t kMaxTrails = 5;  // of an account, as the vendor has it

struct Trail {
  std::string name;
  std::string bucket;
  std::string prefix;
  std::string role_arn;            // kept and shown; nothing is assumed
  std::string event_rw = "Write";  // "Write", "Read", "All"
  std::string region = "All";
  bool logging = false;
  Time created{}, updated{};
  std::optional<Time> started, stopped;

  // As it was read, so that nobody's change is lost.
  std::optional<std::string> stored = {};
};

struct Progress {
  Place delivered = 0;  // up to here
  std::optional<Time> latest;
  std::string error;  // of the last try; empty: it went well
};

class TrailStore {
 public:
  explicit TrailStore(engines::Kv& kv) : kv_(kv) {}  // outlives it

  // By name.
  [[nodiscard]] Task<Result<std::vector<Trail>>> list(const std::string& account) const;
  [[nodiscard]] Task<Result<std::optional<Trail>>> find(const std::string& account,
                                                        const std::string& name) const;
  // Errors: kGuardFailed: it has changed since it was read, or is there already; the engine's.
  [[nodiscard]] Task<Status> put(const std::string& account, const Trail& trail);
  [[nodiscard]] Task<Status> remove(const std::string& account, const std::string& name);

  [[nodiscard]] Task<Result<Progress>> progress(const std::string& account,
                                                const std::string& name) const;
  [[nodiscard]] Task<Status> put_progress(const std::string& account, const std::string& name,
                                          const Progress& progress);

 private:
  engines::Kv& kv_;
};

}  // namespace lakeside::actiontrail
