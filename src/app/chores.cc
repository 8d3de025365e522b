#include "app/chores.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "app/bucket_sizes.h"
#include "services/cms/core/sums.h"

namespace lakeside::app {
namespace {

using std::chrono::seconds;

constexpr seconds kMinute{60};
constexpr seconds kHour{3600};
constexpr std::chrono::days kKeepSums{400};

using Done = Result<std::size_t>;

std::vector<std::string> all_accounts(const ChoreParts& parts) {
  std::vector<std::string> ids = {parts.account_id};
  for (const ram::Account& account : parts.accounts.list()) ids.push_back(account.id);
  return ids;
}

Task<Done> deliver_trails(const ChoreParts& parts) {
  const std::vector<std::string> ids = all_accounts(parts);
  std::size_t total = 0;
  for (const std::string& id : ids) {
    auto delivered = co_await parts.delivery.deliver(id);
    if (!delivered) co_return delivered;
    total += *delivered;
  }
  co_return total;
}

// Once an hour, because it reads every record.
Task<Done> measure_buckets(const ChoreParts& parts) {
  const std::vector<std::string> ids = all_accounts(parts);
  const Time now = parts.clock.now();
  const Time hour(now.time_since_epoch() - now.time_since_epoch() % cms::kHour);
  std::vector<cms::Stored> all;
  for (const std::string& id : ids) {
    auto sizes = co_await bucket_sizes(parts.objects, id);
    if (!sizes) co_return std::unexpected(std::move(sizes.error()));
    std::ranges::move(*sizes, std::back_inserter(all));
  }
  if (all.empty()) co_return 0;
  Status put = co_await cms::put_stored(parts.kv, hour, all);
  if (!put) co_return std::unexpected(std::move(put.error()));
  co_return all.size();
}

}  // namespace

std::vector<Chore> make_chores(const ChoreParts& parts) {
  return {
      {"garbage", seconds(5), seconds(5), [=] { return parts.objects.collect_garbage(); }},
      {"orphans", seconds(10), kHour, [=] { return parts.objects.collect_orphans(); }},
      {"scrub", kMinute, kMinute, [=] { return parts.objects.scrub(); }, false},
      {"expired", seconds(20), kHour, [=] { return parts.models.remove_expired(); }},
      {"kms", seconds(2), kMinute, [=] { return parts.secrets.do_what_is_due(parts.clock.now()); }},
      {"trails", seconds(30), kMinute, [=] { return deliver_trails(parts); }},
      {"key-uses", seconds(30), seconds(30), [=] { return parts.accounts.save_key_uses(); }, false},
      {"meter", seconds(10), seconds(10), [=] { return parts.meter.write(); }, false},
      {"bucket-sizes", kMinute, kHour, [=] { return measure_buckets(parts); }, false},
      {"old-sums", seconds(90), kHour,
       [=] { return cms::remove_older(parts.kv, parts.clock.now() - kKeepSums); }},
  };
}

}  // namespace lakeside::app
