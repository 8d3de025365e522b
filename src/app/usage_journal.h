// Keeps what each call of a model cost, in the database, in the order of its end:
// docs/formats/model-usage.md.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engines/kv.h"
#include "serving/runtime/usage.h"

namespace lakeside::app {

// One thread writes, so that no model waits for the disk; records that came together share a
// commit.
class UsageJournal final : public serving::UsageSink {
 public:
  explicit UsageJournal(engines::Kv& kv);
  // Writes what it has.
  ~UsageJournal() override;

  void record(const serving::UsageRecord& record) override;

 private:
  void run();
  void write(const std::vector<std::string>& records);

  engines::Kv& kv_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::string> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace lakeside::app
