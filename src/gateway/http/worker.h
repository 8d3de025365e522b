// One event loop of a server with its listening sockets and connections.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "gateway/http/channel.h"
#include "gateway/http/connection.h"
#include "gateway/http/fd.h"
#include "gateway/http/loop.h"
#include "gateway/http/request_context.h"
#include "gateway/http/request_id.h"
#include "gateway/http/shared.h"

namespace lakeside::http {

class Worker {
 public:
  // `shared` outlives this. `listeners` are bound, listening and non-blocking.
  Worker(Shared& shared, std::vector<Fd> listeners);
  ~Worker();

  // Starts the thread. `all`: every worker of the server, which stay where they are until all
  // of them have been joined.
  void start(std::span<const std::unique_ptr<Worker>> all);
  // See Server::stop; returns at once.
  void stop(std::chrono::milliseconds drain);
  void join();

  // --- for connections, on the loop's thread ---
  [[nodiscard]] Loop& loop() { return loop_; }
  [[nodiscard]] Shared& shared() { return shared_; }
  [[nodiscard]] const Ticks& ticks() const { return ticks_; }
  [[nodiscard]] bool stopping() const { return stopping_; }
  [[nodiscard]] RequestIds& request_ids() { return request_ids_; }
  // `now` as the Date header has it.
  [[nodiscard]] std::string_view date(Time now);
  [[nodiscard]] std::unique_ptr<RequestContext> lend();
  void take_back(std::unique_ptr<RequestContext> context);

 private:
  struct Listener {
    Listener(Loop& loop, Fd fd) : socket(loop, fd.release()) {}
    Socket socket;
  };

  void begin();
  Task<void> accept_from(Listener& listener);
  enum class Accepted { kOne, kNone, kExhausted };
  Accepted accept_one(int listening);
  void place(Fd fd, std::string peer);
  Worker& least_loaded();
  void adopt(Fd fd, std::string peer);
  void remove(Connection& connection);
  void tick();
  void begin_stop(std::chrono::milliseconds drain);
  void quit_when_done();

  Shared& shared_;
  Loop loop_;
  Ticks ticks_ = 1;  // 0 is "no deadline"
  RequestIds request_ids_;
  std::list<Listener> listeners_;
  Connection* first_ = nullptr;
  std::atomic<std::size_t> load_{0};  // connections, also those on their way here
  std::span<const std::unique_ptr<Worker>> all_;
  std::vector<std::unique_ptr<RequestContext>> contexts_;
  std::chrono::sys_seconds date_second_ = std::chrono::sys_seconds::min();
  std::string date_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace lakeside::http
