// A server on a free port with handlers for tests.
#pragma once

#include <condition_variable>
#include <coroutine>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "base/task.h"
#include "gateway/http/server.h"
#include "gateway/http/tests/test_client.h"

namespace lakeside::http {

// What a coroutine waits at until the test opens it, from another thread.
class Gate {
 public:
  struct Awaiter {
    Gate& gate;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> coroutine) { return gate.hold(coroutine); }
    void await_resume() const noexcept {}
  };
  Awaiter operator co_await() { return {*this}; }
  void open();
  // Until somebody waits at the gate.
  void await_arrival();

 private:
  bool hold(std::coroutine_handle<> coroutine);

  std::mutex mutex_;
  std::condition_variable arrival_;
  bool open_ = false;
  Executor* home_ = nullptr;
  std::coroutine_handle<> waiting_;
};

// A counter that a test can wait for.
class Progress {
 public:
  void add(std::uint64_t n);
  std::uint64_t value();
  std::uint64_t await_at_least(std::uint64_t n);
  // Until it has not moved for a while; for "and no further" only.
  std::uint64_t await_rest();

 private:
  std::mutex mutex_;
  std::condition_variable moved_;
  std::uint64_t value_ = 0;
};

// `n` bytes of a pattern that depends on the position.
[[nodiscard]] std::string pattern(std::uint64_t offset, std::size_t n);

struct Finished {
  std::string target;
  int status;
  Exchange exchange;
};

// Answers by path:
//   /hello  "hello"             /echo    the body          /count   "N" or "N error"
//   /ignore "ignored", without reading the body            /status?N  an empty response
//   /big?N  a pattern of N bytes with its length           /chunks?N  … without its length
//   /file?N … as slices of a file                          /fail?N    fails after N bytes
//   /gate   "through" when the gate opens                  /gate-echo  the body after it
//   /leave  "stayed" when the gate opens, which a client that leaves opens too
//   /short, /long  streams that do not keep to their length
//   /show   what the request looks like                   /thread  the loop's thread
class TestHandler final : public Handler {
 public:
  Task<Response> handle(Request& request) override;
  void finished(const Request& request, const Response& response,
                const Exchange& exchange) override;

  // Waits for the nth finished request (from 0).
  Finished await_finished(std::size_t n);
  std::size_t finished_count();

  Gate gate;
  Progress left;       // clients
  Progress body_read;  // bytes that /echo and /count have taken
  Progress produced;   // bytes that streams have been asked for
  std::size_t read_size = 64 << 10;
  std::shared_ptr<FileHandle> file;

 private:
  Task<Response> echo(Request& request);
  Task<Response> count(Request& request);
  Response stream(std::string_view path, std::uint64_t size);

  std::mutex mutex_;
  std::condition_variable more_;
  std::vector<Finished> finished_;
};

class TestServer {
 public:
  explicit TestServer(Limits limits = {}, std::string certificate = {}, std::string key = {});
  [[nodiscard]] std::uint16_t port() const { return server->endpoints()[0].port; }
  [[nodiscard]] bool metric_is(std::string_view line) const;

  Metrics metrics;
  TestHandler handler;
  std::unique_ptr<Server> server;
};

}  // namespace lakeside::http
