#include "gateway/http/send_batch.h"

#include <algorithm>
#include <cerrno>
#include <string>

#include <liburing.h>

#include "base/log.h"

namespace lakeside::http {
namespace {

void send_alone(PendingSend& send) {
  ssize_t sent = sendmsg(send.fd, &send.message, MSG_NOSIGNAL | MSG_DONTWAIT);
  send.result = sent < 0 ? -errno : static_cast<int>(sent);
}

bool passing(int error) { return error == -EINTR || error == -EAGAIN || error == -EBUSY; }

}  // namespace

struct SendBatch::Ring {
  io_uring ring;
  unsigned size;

  static std::unique_ptr<Ring> make(unsigned size) {
    auto made = std::make_unique<Ring>();
    made->size = size;
    if (size == 0 || io_uring_queue_init(size, &made->ring, 0) != 0) {
      made->size = 0;
      return nullptr;
    }
    return made;
  }
  Ring() = default;
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  ~Ring() {
    if (size != 0) io_uring_queue_exit(&ring);
  }

  // How many sends were completed.
  unsigned reap() {
    io_uring_cqe* completion;
    unsigned head;
    unsigned count = 0;
    io_uring_for_each_cqe(&ring, head, completion) {
      static_cast<PendingSend*>(io_uring_cqe_get_data(completion))->result = completion->res;
      ++count;
    }
    io_uring_cq_advance(&ring, count);
    return count;
  }
};

SendBatch::SendBatch(unsigned ring_size) : ring_(Ring::make(ring_size)) {}
SendBatch::~SendBatch() = default;

void SendBatch::run() {
  if (waiting_.empty()) return;
  sending_.swap(waiting_);
  std::span<PendingSend*> left = sending_;
  while (ring_ && left.size() > 1) {
    auto part = left.first(std::min<std::size_t>(left.size(), ring_->size));
    send_by_ring(part);
    left = left.subspan(part.size());
  }
  for (PendingSend* send : left) send_alone(*send);
  for (PendingSend* send : sending_) send->waiting.resume();
  sending_.clear();
}

void SendBatch::send_by_ring(std::span<PendingSend*> sends) {
  for (PendingSend* send : sends) {
    send->result = -EIO;
    io_uring_sqe* entry = io_uring_get_sqe(&ring_->ring);
    io_uring_prep_sendmsg(entry, send->fd, &send->message, MSG_NOSIGNAL | MSG_DONTWAIT);
    io_uring_sqe_set_data(entry, send);
  }
  for (std::size_t done = 0; done < sends.size(); done += ring_->reap()) {
    auto left = static_cast<unsigned>(sends.size() - done);
    int submitted = io_uring_submit_and_wait(&ring_->ring, left);
    if (submitted >= 0 || passing(submitted)) continue;
    log(LogLevel::kError, "io_uring failed; sending without it",
        {{"error", std::to_string(-submitted)}});
    ring_.reset();
    return;
  }
}

}  // namespace lakeside::http
