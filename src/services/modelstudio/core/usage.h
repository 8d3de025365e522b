// What keys have used of models, in sums: docs/formats/model-usage.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "engines/kv.h"

namespace lakeside::modelstudio {

// Where the records and the sums are.
[[nodiscard]] const engines::Partition& usage_partition();

enum class UsageKind : std::uint8_t { kGenerate, kEmbed, kRank };
// As the records have it: "generate", "embed", "rank".
[[nodiscard]] std::string_view to_string(UsageKind kind);

struct UsageLabel {
  UsageKind kind = UsageKind::kGenerate;
  bool batch = false;  // a line of a batch or task
  std::string key_id;
  std::string model;
  friend auto operator<=>(const UsageLabel&, const UsageLabel&) = default;
};

struct UsageTotals {
  std::uint64_t requests = 0;
  std::uint64_t prompt_tokens = 0;
  std::uint64_t cached_tokens = 0;  // of the prompts'
  std::uint64_t completion_tokens = 0;

  UsageTotals& operator+=(const UsageTotals& other);
  friend bool operator==(const UsageTotals&, const UsageTotals&) = default;
};

// The sums of each hour that a commit of records changes. The one writer of the partition uses it:
// nothing guards what it read.
class UsageSums {
 public:
  void add(Time at, const UsageLabel& label, const UsageTotals& totals);
  // Puts the new sums into the batch that has the records. Errors: the engine's; kCorrupt.
  [[nodiscard]] Status write(engines::Kv& kv, engines::Batch& batch) const;

 private:
  std::map<std::string, UsageTotals> sums_;  // by the key of their record
};

struct UsageQuery {
  Time from;                           // a whole number of widths; inclusive
  Time to;                             // exclusive
  std::chrono::seconds width{86'400};  // a minute, an hour or a day
  UsageKind kind = UsageKind::kGenerate;
  // Which to count; empty or nothing: all.
  std::vector<std::string> key_ids = {};
  std::vector<std::string> models = {};
  std::optional<bool> batch = {};
  // What to tell apart; the others' labels are empty.
  bool by_key = false;
  bool by_model = false;
  bool by_batch = false;
};

// Sums that are not there are of no use; those of each width in the order of labels.
using UsageSlices = std::map<std::pair<Time, UsageLabel>, UsageTotals>;

// Minutes are summed up from the records, hours and days from the sums of hours. Errors: the
// engine's; kCorrupt; kTooLarge (more than 100,000 slices).
[[nodiscard]] Task<Result<UsageSlices>> read_usage(engines::Kv& kv, const UsageQuery& query);

}  // namespace lakeside::modelstudio
