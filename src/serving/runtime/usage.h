// What a request cost: one record for each that was taken into a queue, however it ended.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "serving/model.h"

namespace lakeside::serving {

struct UsageRecord {
  enum class Kind { kGenerate, kEmbed, kRank };
  Time at;  // its end
  Kind kind = Kind::kGenerate;
  std::string id;  // of the call; empty: it has none
  std::string tenant;
  std::string model;
  Usage usage;
  // One of these; neither where the caller went away.
  std::optional<FinishReason> finish;
  std::optional<ModelFault> fault;
};

// Gets the records, on the models' threads: must be quick and thread-safe. Lives as long as the
// server.
class UsageSink {
 public:
  virtual ~UsageSink() = default;
  // Of several records with the same id the first with a `finish` counts, and all without. Calls
  // `kept` once, on any thread, when the record is durable, or when it cannot be now and will be
  // tried again: the caller's client then learns that its reply has ended.
  virtual void record(const UsageRecord& record, std::move_only_function<void()> kept) = 0;
};

}  // namespace lakeside::serving
