// Blobs that nothing refers to: a crash came between a blob and the commit that would have
// referenced it. And the scrub, which goes through all blobs in the same manner.
#include <algorithm>
#include <functional>
#include <utility>

#include "base/log.h"
#include "services/oss/core/keys.h"
#include "services/oss/core/store.h"

namespace lakeside::oss {
namespace {

// An engine lists its blobs in no order and from the beginning only. So each call takes the
// blobs of one class, by a hash of their ids; there are as many classes as make a class small.
constexpr std::size_t kBlobsPerClass = 4096;
constexpr std::size_t kMaxSuspects = 100'000;
// What is being stored just now has no reference yet, for the moment between blob and commit.
constexpr std::chrono::hours kStoringTime{1};
constexpr std::size_t kScrubBlobsPerCall = 256;
constexpr std::uint64_t kScrubBytesPerCall = 256 << 20;

// The engine may hold blobs of others: ours are of groups named like a bucket's partition.
bool is_ours(const engines::BlobId& id) {
  return id.value.size() > 22 && id.value[21] == '/' && id.value.front() == 'k';
}

}  // namespace

Task<Result<std::vector<engines::BlobInfo>>> Store::next_class(std::uint64_t& turn,
                                                               std::uint64_t& turns) {
  std::vector<engines::BlobInfo> found;
  std::size_t total = 0;
  std::function<bool(const engines::BlobInfo&)> visit = [&](const engines::BlobInfo& info) {
    if (!is_ours(info.id)) return true;
    ++total;
    bool chosen = std::hash<std::string>{}(info.id.value) % turns == turn;
    if (chosen && found.size() < 4 * kBlobsPerClass) found.push_back(info);
    return true;
  };
  auto listed = co_await blobs_.list(visit);
  if (!listed) co_return std::unexpected(std::move(listed.error()));
  if (++turn >= turns) {
    bool first_cycle = turns == 1;
    turns = total / kBlobsPerClass + 1;
    // Not always from the same end, or frequent restarts would leave the other one out.
    turn = first_cycle ? random_nonce() % turns : 0;
  }
  co_return found;
}

Task<Result<std::size_t>> Store::collect_orphans() {
  Turn turn(collecting_orphans_);
  if (!turn.mine()) co_return std::size_t{0};
  auto candidates = co_await next_class(orphan_turn_, orphan_turns_);
  if (!candidates) co_return std::unexpected(std::move(candidates.error()));
  // Those suspected earlier are looked at again, whatever their class.
  for (const auto& [id, suspect] : suspects_) candidates->push_back(suspect.info);
  auto by_id = [](const engines::BlobInfo& info) -> const std::string& { return info.id.value; };
  std::ranges::sort(*candidates, {}, by_id);
  const auto [first, last] = std::ranges::unique(*candidates, {}, by_id);
  candidates->erase(first, last);
  co_return co_await remove_orphans(*candidates);
}

// `candidates` are sorted, so that those of a group stand together.
Task<Result<std::size_t>> Store::remove_orphans(const std::vector<engines::BlobInfo>& candidates) {
  std::size_t removed = 0;
  Time now = clock_.now();
  for (std::size_t begin = 0; begin < candidates.size();) {
    std::string_view group = candidates[begin].id.group();
    std::vector<std::string> references;
    std::size_t end = begin;
    for (; end < candidates.size() && end < begin + kBlobsPerClass; ++end) {
      if (candidates[end].id.group() != group) break;
      references.push_back(keys::reference(keys::blob_name(candidates[end].id)));
    }
    engines::Partition partition{std::string(group)};
    auto values = co_await kv_.get(partition, references);
    if (!values) co_return std::unexpected(std::move(values.error()));
    for (std::size_t i = begin; i < end; ++i) {
      const engines::BlobInfo& info = candidates[i];
      auto suspect = suspects_.find(info.id.value);
      if ((*values)[i - begin]) {
        if (suspect != suspects_.end()) suspects_.erase(suspect);
        continue;
      }
      if (suspect == suspects_.end()) {
        if (suspects_.size() < kMaxSuspects) suspects_.insert({info.id.value, {info, now}});
        continue;
      }
      // What an earlier process wrote cannot be under way: one process has the data folder.
      // Twice seen nevertheless, in case the clock was set back.
      std::chrono::microseconds patience = kStoringTime;
      if (info.created < started_) patience = options_.garbage_grace;
      if (now - suspect->second.since < patience) continue;
      auto gone = co_await blobs_.remove(info.id);
      if (!gone) co_return std::unexpected(std::move(gone.error()));
      log(LogLevel::kInfo, "orphaned blob removed", {{"blob", info.id.value}});
      suspects_.erase(info.id.value);
      ++removed;
    }
    begin = end;
  }
  co_return removed;
}

Task<Result<std::size_t>> Store::scrub() {
  Turn turn(scrubbing_);
  if (!turn.mine()) co_return std::size_t{0};
  if (scrub_queue_.empty()) {
    auto blobs = co_await next_class(scrub_turn_, scrub_turns_);
    if (!blobs) co_return std::unexpected(std::move(blobs.error()));
    scrub_queue_.assign(blobs->begin(), blobs->end());
  }
  std::size_t verified = 0;
  std::uint64_t bytes = 0;
  while (!scrub_queue_.empty() && verified < kScrubBlobsPerCall && bytes < kScrubBytesPerCall) {
    engines::BlobInfo info = std::move(scrub_queue_.front());
    scrub_queue_.pop_front();
    auto good = co_await blobs_.verify(info.id);
    ++verified;
    bytes += info.length;
    if (good || good.error().code == ErrorCode::kNotFound) continue;
    // Never removed: the rest of it may be good, and an operator may have a copy.
    log(LogLevel::kError, "scrub found a damaged blob",
        {{"blob", info.id.value}, {"error", good.error().detail}});
  }
  co_return verified;
}

}  // namespace lakeside::oss
