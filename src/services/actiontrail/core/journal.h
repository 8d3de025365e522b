// The events of all accounts, in the order in which calls ended, in the database:
// docs/formats/audit-events.md.
#pragma once

#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/audit.h"
#include "base/executor.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/task.h"
#include "engines/kv.h"
#include "services/actiontrail/core/flood_filter.h"

namespace lakeside::actiontrail {

// Of which calls on data there are events.
enum class DataEvents : std::uint8_t { kNone, kDenied, kAll };

struct JournalOptions {
  std::string account;  // of what belongs to no other
  std::string region = "cn-hangzhou";
  DataEvents data_events = DataEvents::kDenied;
  std::uint64_t most_events = 100'000;  // of each account; the oldest go first
  std::chrono::hours most_age{90 * 24};
  std::size_t most_waiting = 10'000;  // beyond it events are dropped, and counted
};

// Where an event is in the journal: later events have greater places. A time in microseconds, or
// the next number where several came at once.
using Place = std::int64_t;

// Which events are wanted.
struct Query {
  Place from = 0;  // the first place that may be
  Place to = 0;    // behind the last
  bool newest_first = true;
  std::size_t most = 20;
  std::vector<std::pair<std::string, std::string>> attributes;  // all must fit
};

struct Found {
  Place place;
  std::string json;
};
struct Page {
  std::vector<Found> events;
  bool more = false;  // there may be others in the range, beyond the last of these
  Place next = 0;     // where the page after it begins: its `from`, newest first its `to`
};

// One thread writes, so that no request waits for the disk; events that came together share a
// commit.
class Journal final : public AuditSink {
 public:
  // Kv and clock outlive it.
  Journal(engines::Kv& kv, const Clock& clock, JournalOptions options, Metrics& metrics);
  ~Journal() override;  // writes what it has

  [[nodiscard]] bool wants(bool data, bool denied) const override {
    if (!data || options_.data_events == DataEvents::kAll) return true;
    return denied && options_.data_events == DataEvents::kDenied;
  }
  void record(AuditEvent event) override;

  // `co_await journal.kept()`: what was recorded before is durable then, so that a caller finds its
  // own calls. Goes on, too, where the database cannot write.
  class Kept;
  [[nodiscard]] Kept kept();

  [[nodiscard]] Task<Result<Page>> find(const std::string& account, const Query& query) const;
  // Removes what is too old, or more than is kept. Called now and then by the journal itself.
  [[nodiscard]] Status trim(const std::string& account);

  // The account's events are gone, and its trails with how far they were delivered: all that is
  // kept with them. Blocks.
  [[nodiscard]] Status forget(const std::string& account);

  [[nodiscard]] const JournalOptions& options() const { return options_; }

 private:
  struct State {
    Place last = 0;
    std::uint64_t count = 0;
  };
  struct Waiter {
    std::uint64_t upto;
    std::coroutine_handle<> coroutine;
    Executor* home;
  };
  using Events = std::deque<AuditEvent>;

  void run();
  void write(Events& events);
  Status try_write(const std::string& account, const std::vector<const AuditEvent*>& events);
  Result<State*> state_of(const std::string& account);
  void resume(std::uint64_t kept);

  engines::Kv& kv_;
  const Clock& clock_;
  const JournalOptions options_;
  Counter& written_;
  Counter& dropped_;
  Counter& repeated_;
  FloodFilter flood_;

  std::mutex mutex_;
  std::condition_variable wake_;
  Events waiting_;
  std::uint64_t recorded_ = 0;  // how many there ever were
  std::uint64_t kept_ = 0;      // of them: are written, or given up
  std::vector<Waiter> waiters_;
  bool stopping_ = false;

  std::mutex states_mutex_;  // also one writer at a time
  std::map<std::string, State> states_;
  std::thread thread_;
};

class Journal::Kept {
 public:
  explicit Kept(Journal& journal) : journal_(journal) {}
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> awaiting);
  void await_resume() const noexcept {}

 private:
  Journal& journal_;
};

inline Journal::Kept Journal::kept() { return Kept(*this); }

}  // namespace lakeside::actiontrail
