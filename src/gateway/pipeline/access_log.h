// One line for every request: who asked for what, and how it went. Never a secret: the query
// string, where presigned signatures travel, is left out.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "base/log.h"
#include "gateway/http/message.h"

namespace lakeside::gateway {

struct AccessRecord {
  std::string_view service;
  std::string_view operation;  // empty: none was found
  std::string_view principal;
  std::string_view access_key_id;
};

// Lines are gathered and written a few times a second by a thread of its own, so that a
// request does not pay for a system call. Thread-safe. The destructor writes what is left.
class AccessLog {
 public:
  AccessLog(int fd, LogFormat format);
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  void add(const http::Request& request, const http::Response& response,
           const http::Exchange& exchange, const AccessRecord& record);

 private:
  void run();

  const int fd_;
  const LogFormat format_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::string pending_;
  bool stopping_ = false;
  std::thread writer_;
};

// The line itself, for tests.
[[nodiscard]] std::string format_access(LogFormat format, const http::Request& request,
                                        const http::Response& response,
                                        const http::Exchange& exchange, const AccessRecord& record);

}  // namespace lakeside::gateway
