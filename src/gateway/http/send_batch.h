// The small sends of one turn of an event loop, handed to the kernel in one call.
//
// A client that is woken for each response alone preempts the server for each: with 64
// connections on two cores that cost a third of a 4 KiB GET. One io_uring_enter sends all before
// anyone runs. Nothing else uses the ring: every send completes within the call. Where the kernel
// or a container does not allow io_uring, the sends are made one by one.
#pragma once

#include <sys/socket.h>

#include <coroutine>
#include <memory>
#include <span>
#include <vector>

namespace lakeside::http {

// Owned by the coroutine that waits for it.
struct PendingSend {
  int fd;
  msghdr message;
  std::coroutine_handle<> waiting;
  int result = 0;  // bytes, or -errno; -EAGAIN where nothing could be sent without blocking
};

// For one thread.
class SendBatch {
 public:
  // At most `ring_size` sends, a power of two, go in one call; 0: always one by one.
  explicit SendBatch(unsigned ring_size);
  ~SendBatch();
  SendBatch(const SendBatch&) = delete;
  SendBatch& operator=(const SendBatch&) = delete;

  void add(PendingSend& send) { waiting_.push_back(&send); }
  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  // Sends what was added, then resumes each coroutine. What these add waits for the next run.
  void run();

 private:
  struct Ring;
  void send_by_ring(std::span<PendingSend*> sends);

  std::unique_ptr<Ring> ring_;
  std::vector<PendingSend*> waiting_;
  std::vector<PendingSend*> sending_;
};

}  // namespace lakeside::http
