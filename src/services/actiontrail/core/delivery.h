// Brings events to the buckets that trails name, as gzip files of JSON lists:
// PREFIX/AliyunLogs/Actiontrail/REGION/YYYY/MM/DD/Actiontrail_REGION_TIME_1002_COUNT_BYTES_MD5.gz
#pragma once

#include <atomic>
#include <string>

#include "services/actiontrail/core/journal.h"
#include "services/actiontrail/core/trails.h"

namespace lakeside::actiontrail {

// The cloud's object storage, as trails want it.
class LogBuckets {
 public:
  virtual ~LogBuckets() = default;
  // Whether the account has that bucket.
  virtual Task<Result<bool>> has(const std::string& account, const std::string& bucket) = 0;
  virtual Task<Status> put(const std::string& account, const std::string& bucket,
                           const std::string& key, const std::string& data) = 0;
};

class Delivery {
 public:
  // All outlive it.
  Delivery(Journal& journal, TrailStore& trails, LogBuckets& buckets, const Clock& clock)
      : journal_(journal), trails_(trails), buckets_(buckets), clock_(clock) {}

  // What the account's trails have not delivered yet, some of it; how many events. A crash between
  // a file and the note of it has those events delivered twice. One at a time: nothing while
  // another is under way.
  [[nodiscard]] Task<Result<std::size_t>> deliver(const std::string& account);

 private:
  Task<Result<std::size_t>> deliver_all(const std::string& account);
  Task<Result<std::size_t>> deliver_some(const std::string& account, const Trail& trail);

  Journal& journal_;
  TrailStore& trails_;
  LogBuckets& buckets_;
  const Clock& clock_;
  std::atomic<bool> busy_{false};
};

[[nodiscard]] std::string gzip(const std::string& data);

}  // namespace lakeside::actiontrail
