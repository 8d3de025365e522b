// What was moved and what was stored, summed up by the hour: docs/formats/metering.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "engines/kv.h"

namespace lakeside::cms {

inline constexpr std::chrono::hours kHour{1};

[[nodiscard]] const engines::Partition& metering_partition();

// None of these has a '/'.
struct Label {
  std::string account_id;
  std::string service;
  std::string resource;
  std::string access_key_id;
  std::string caller_id = {};  // whose key it is; empty: unknown, as of what was counted earlier
  friend auto operator<=>(const Label&, const Label&) = default;
};

struct Counts {
  std::uint64_t reads = 0;
  std::uint64_t writes = 0;
  std::uint64_t failed = 0;  // of both
  std::uint64_t received = 0;
  std::uint64_t sent = 0;

  Counts& operator+=(const Counts& other);
  friend bool operator==(const Counts&, const Counts&) = default;
};
using HourLabel = std::pair<Time, Label>;  // the hour's beginning

// What a bucket held when it was last looked at.
struct Stored {
  std::string account_id;
  std::string bucket;
  std::uint64_t bytes = 0;
  std::uint64_t objects = 0;
};

// Adds to what is there. There is one writer at a time. Errors: the engine's; kCorrupt.
[[nodiscard]] Task<Status> add_counts(engines::Kv& kv, const std::map<HourLabel, Counts>& counts);
// Replaces what was known for that hour.
[[nodiscard]] Task<Status> put_stored(engines::Kv& kv, Time hour,
                                      const std::vector<Stored>& stored);
// Removes a piece of what is older; how many records.
[[nodiscard]] Task<Result<std::size_t>> remove_older(engines::Kv& kv, Time hour);

struct SumsQuery {
  std::string account_id;
  Time from;  // whole hours; inclusive
  Time to;    // exclusive
  // Empty: all.
  std::string service = {};
  std::vector<std::string> resources = {};
  std::vector<std::string> access_key_ids = {};
  std::vector<std::string> caller_ids = {};
  // What to tell apart; the others' labels are empty.
  bool by_service = false;
  bool by_resource = false;
  bool by_key = false;                 // and whose it is
  std::chrono::seconds width = kHour;  // a multiple of it; counted from the epoch
};
using Sums = std::map<HourLabel, Counts>;

// Errors: the engine's; kCorrupt; kTooLarge (more than 100,000 sums).
[[nodiscard]] Task<Result<Sums>> read_counts(engines::Kv& kv, const SumsQuery& query);

// By the hour and the bucket.
using StoredSums = std::map<std::pair<Time, std::string>, Stored>;
// `service`, `access_key_ids` and the groups do not matter; of a width the last hour counts.
[[nodiscard]] Task<Result<StoredSums>> read_stored(engines::Kv& kv, const SumsQuery& query);

}  // namespace lakeside::cms
