// Keeps what each call of a model cost, in the database, in the order of its end:
// docs/formats/model-usage.md.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "engines/kv.h"
#include "services/modelstudio/core/usage.h"
#include "serving/runtime/usage.h"

namespace lakeside::app {

// One thread writes, so that no model waits for the disk; records that came together share a
// commit.
class UsageJournal final : public serving::UsageSink {
 public:
  explicit UsageJournal(engines::Kv& kv);
  // Writes what it has.
  ~UsageJournal() override;

  void record(const serving::UsageRecord& record, std::move_only_function<void()> kept) override;

 private:
  struct Entry {
    std::string id;
    Time at;
    modelstudio::UsageLabel label;
    modelstudio::UsageTotals totals;
    std::string json;
    std::move_only_function<void()> kept;  // empty once it was called
  };
  using Entries = std::deque<Entry>;

  void run();
  // Until it is done, or the process stops while the database cannot write.
  void write(Entries& entries);
  static void release(Entries& entries);
  Status try_write(const Entries& entries);

  engines::Kv& kv_;
  std::mutex mutex_;
  std::condition_variable wake_;
  Entries waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace lakeside::app
