#include "services/actiontrail/core/journal.h"

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>
#include <pthread.h>

#include "base/log.h"
#include "services/actiontrail/core/event.h"

namespace lakeside::actiontrail {
namespace {

constexpr std::size_t kPerCommit = 500;
constexpr std::size_t kPerTrim = 1'000;
constexpr std::chrono::seconds kRetry{1};
constexpr std::chrono::hours kTrimEvery{1};

constexpr std::string_view kEvents = "e/";
constexpr std::string_view kState = "state";
constexpr std::size_t kDigits = 19;  // of the greatest place

engines::Partition partition(const std::string& account) { return {"actiontrail." + account}; }

std::string key_of(Place place) {
  std::string digits = std::to_string(std::max<Place>(place, 0));
  return std::string(kEvents) + std::string(kDigits - digits.size(), '0') + digits;
}

std::optional<Place> place_of(std::string_view key) {
  if (!key.starts_with(kEvents)) return std::nullopt;
  key.remove_prefix(kEvents.size());
  Place place = 0;
  auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), place);
  if (error != std::errc() || end != key.data() + key.size()) return std::nullopt;
  return place;
}

bool fits(const Query& query, std::string_view json) {
  return std::ranges::all_of(query.attributes, [&](const auto& attribute) {
    return has_attribute(json, attribute.first, attribute.second);
  });
}

// The events of one range that fit: the first `most` of them, or the last.
Task<Status> scan_range(engines::Kv& kv, const engines::Partition& where, const Query& query,
                        Place from, Place to, std::deque<Found>& into) {
  engines::ScanVisitor visitor = [&](std::string_view key, std::string_view value) {
    auto place = place_of(key);
    if (!place || *place >= to) return engines::ScanStep::stop();
    if (!fits(query, value)) return engines::ScanStep::next();
    into.push_back({*place, std::string(value)});
    // One more than is wanted tells that there are others.
    if (into.size() > query.most && !query.newest_first) return engines::ScanStep::stop();
    if (into.size() > query.most + 1) into.pop_front();
    return engines::ScanStep::next();
  };
  const std::string first = key_of(from);
  co_return co_await kv.scan(where, first, visitor);
}

}  // namespace

Journal::Journal(engines::Kv& kv, const Clock& clock, JournalOptions options, Metrics& metrics)
    : kv_(kv),
      clock_(clock),
      options_(std::move(options)),
      written_(metrics.counter("lakeside_audit_events_total", "Events in the audit trail.",
                               "result=\"written\"")),
      dropped_(metrics.counter("lakeside_audit_events_total", "Events in the audit trail.",
                               "result=\"dropped\"")),
      repeated_(metrics.counter("lakeside_audit_events_total", "Events in the audit trail.",
                                "result=\"repeated\"")),
      thread_([this] { run(); }) {
  pthread_setname_np(thread_.native_handle(), "audit");
}

Journal::~Journal() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Journal::record(AuditEvent event) {
  if (event.account_id.empty()) event.account_id = options_.account;
  const bool all = event.data && options_.data_events == DataEvents::kAll;
  if (event.by_anybody && !all && !flood_.admit(event)) {
    repeated_.add();
    return;
  }
  {
    std::lock_guard lock(mutex_);
    if (waiting_.size() >= options_.most_waiting) {
      dropped_.add();
      return;
    }
    ++recorded_;
    waiting_.push_back(std::move(event));
  }
  wake_.notify_one();
}

bool Journal::Kept::await_suspend(std::coroutine_handle<> awaiting) {
  std::lock_guard lock(journal_.mutex_);
  if (journal_.kept_ >= journal_.recorded_ || journal_.stopping_) return false;
  journal_.waiters_.push_back({journal_.recorded_, awaiting, &Executor::current()});
  return true;
}

// Under the lock.
void Journal::resume(std::uint64_t kept) {
  std::erase_if(waiters_, [&](const Waiter& waiter) {
    if (waiter.upto > kept) return false;
    waiter.home->post(waiter.coroutine);
    return true;
  });
}

void Journal::run() {
  Status trimmed = trim(options_.account);
  auto next_trim = std::chrono::steady_clock::now() + kTrimEvery;
  while (true) {
    Events taken;
    {
      std::unique_lock lock(mutex_);
      bool woken =
          wake_.wait_until(lock, next_trim, [this] { return stopping_ || !waiting_.empty(); });
      if (woken && waiting_.empty()) return;
      while (!waiting_.empty() && taken.size() < kPerCommit) {
        taken.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
      }
    }
    if (!taken.empty()) write(taken);
    if (std::chrono::steady_clock::now() < next_trim) continue;
    next_trim += kTrimEvery;
    std::vector<std::string> accounts = {options_.account};
    {
      std::lock_guard lock(states_mutex_);
      for (const auto& [account, state] : states_) accounts.push_back(account);
    }
    for (const std::string& account : accounts) trimmed = trim(account);
  }
}

// Until it is done, or the process stops while the database cannot write.
void Journal::write(Events& events) {
  std::map<std::string, std::vector<const AuditEvent*>> by_account;
  for (const AuditEvent& event : events) by_account[event.account_id].push_back(&event);
  for (const auto& [account, list] : by_account) {
    while (true) {
      Status done = try_write(account, list);
      if (done) {
        written_.add(list.size());
        break;
      }
      log(LogLevel::kError, "audit events not written", {{"error", done.error().detail}});
      std::unique_lock lock(mutex_);
      resume(recorded_);
      if (wake_.wait_for(lock, kRetry, [this] { return stopping_; })) {
        dropped_.add(list.size());
        break;
      }
    }
  }
  std::lock_guard lock(mutex_);
  kept_ += events.size();
  resume(kept_);
}

Result<Journal::State*> Journal::state_of(const std::string& account) {
  auto known = states_.find(account);
  if (known != states_.end()) return &known->second;
  const engines::Partition where = partition(account);
  auto record = run_blocking(engines::get_one(kv_, where, std::string(kState)));
  if (!record) return std::unexpected(record.error());
  State state;
  if (*record) {
    auto json = nlohmann::json::parse(**record, nullptr, false);
    if (!json.is_object()) return fail(ErrorCode::kCorrupt, "the audit trail's state is damaged");
    state.last = json.value("last", Place{0});
    state.count = json.value("count", std::uint64_t{0});
  }
  return &(states_[account] = state);
}

Status Journal::try_write(const std::string& account,
                          const std::vector<const AuditEvent*>& events) {
  std::unique_lock lock(states_mutex_);
  auto state = state_of(account);
  if (!state) return std::unexpected(state.error());
  State next = **state;
  engines::Batch batch;
  for (const AuditEvent* event : events) {
    next.last = std::max<Place>(event->at.time_since_epoch().count(), next.last + 1);
    ++next.count;
    batch.put(key_of(next.last), to_json(*event, account, options_.region));
  }
  nlohmann::json json = {{"v", 1}, {"last", next.last}, {"count", next.count}};
  batch.put(std::string(kState), json.dump());
  const engines::Partition where = partition(account);
  Status done = run_blocking(kv_.commit(where, batch));
  if (!done) return done;
  **state = next;
  // A little more than is kept, so that not every event pays for the removal of another.
  const bool too_many = next.count > options_.most_events + options_.most_events / 100 + kPerTrim;
  lock.unlock();
  return too_many ? trim(account) : Status();
}

Status Journal::trim(const std::string& account) {
  std::lock_guard lock(states_mutex_);
  auto state = state_of(account);
  if (!state) return std::unexpected(state.error());
  const engines::Partition where = partition(account);
  const Place oldest = (clock_.now() - options_.most_age).time_since_epoch().count();
  while (true) {
    State next = **state;
    std::uint64_t surplus =
        next.count > options_.most_events ? next.count - options_.most_events : 0;
    engines::Batch batch;
    engines::ScanVisitor visitor = [&](std::string_view key, std::string_view) {
      auto place = place_of(key);
      bool goes = place && (batch.writes().size() < surplus || *place < oldest);
      if (!goes || batch.writes().size() == kPerTrim) return engines::ScanStep::stop();
      batch.remove(std::string(key));
      return engines::ScanStep::next();
    };
    Status scanned = run_blocking(kv_.scan(where, key_of(0), visitor));
    const std::size_t removed = batch.writes().size();
    if (!scanned || removed == 0) return scanned;
    next.count -= std::min<std::uint64_t>(next.count, removed);
    nlohmann::json json = {{"v", 1}, {"last", next.last}, {"count", next.count}};
    batch.put(std::string(kState), json.dump());
    Status done = run_blocking(kv_.commit(where, batch));
    if (!done) return done;
    **state = next;
    if (removed < kPerTrim) return {};
  }
}

Status Journal::forget(const std::string& account) {
  std::lock_guard lock(states_mutex_);
  states_.erase(account);
  const engines::Partition where = partition(account);
  while (true) {
    engines::Batch batch;
    engines::ScanVisitor visitor = [&](std::string_view key, std::string_view) {
      batch.remove(std::string(key));
      return batch.writes().size() == kPerTrim ? engines::ScanStep::stop()
                                               : engines::ScanStep::next();
    };
    Status scanned = run_blocking(kv_.scan(where, "", visitor));
    if (!scanned || batch.writes().empty()) return scanned;
    Status done = run_blocking(kv_.commit(where, batch));
    if (!done) return done;
  }
}

// Newest first the range is looked through in windows, each twice as long as the one behind it:
// keys are read in their order only.
Task<Result<Page>> Journal::find(const std::string& account, const Query& query) const {
  constexpr Place kFirstWindow = 60'000'000;  // a minute
  const engines::Partition where = partition(account);
  std::deque<Found> found;
  if (!query.newest_first) {
    Status scanned = co_await scan_range(kv_, where, query, query.from, query.to, found);
    if (!scanned) co_return std::unexpected(scanned.error());
  }
  Place window = kFirstWindow;
  for (Place to = query.to; query.newest_first && to > query.from; window *= 2) {
    const Place from = to - query.from > window ? to - window : query.from;
    std::deque<Found> older;
    Status scanned = co_await scan_range(kv_, where, query, from, to, older);
    if (!scanned) co_return std::unexpected(scanned.error());
    found.insert(found.begin(), std::make_move_iterator(older.begin()),
                 std::make_move_iterator(older.end()));
    if (found.size() > query.most) break;
    to = from;
  }
  Page page;
  page.more = found.size() > query.most;
  if (query.newest_first) std::ranges::reverse(found);
  if (page.more) found.resize(query.most);
  page.events.assign(std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  if (page.more && !page.events.empty()) {
    page.next = page.events.back().place + (query.newest_first ? 0 : 1);
  }
  co_return page;
}

}  // namespace lakeside::actiontrail
