#include "gateway/http/worker.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cassert>
#include <cerrno>

#include <pthread.h>

#include "base/log.h"

namespace lakeside::http {
namespace {

constexpr int kAcceptsInARow = 64;
constexpr std::chrono::milliseconds kAcceptPause{200};
constexpr std::size_t kSpareContexts = 256;

std::string address_text(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    return text.data();
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
    inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text.data(), text.size());
  } else {
    inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  }
  return text.data();
}

}  // namespace

Worker::Worker(Shared& shared, std::vector<Fd> listeners) : shared_(shared) {
  for (Fd& fd : listeners) listeners_.emplace_back(loop_, std::move(fd));
}

Worker::~Worker() { assert(!thread_.joinable()); }

void Worker::start(std::span<const std::unique_ptr<Worker>> all) {
  all_ = all;
  // Before the thread exists, so that stop() cannot be first.
  loop_.submit([this] { begin(); });
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "http");
    loop_.run();
  });
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

void Worker::begin() {
  for (auto it = listeners_.begin(); it != listeners_.end(); ++it) {
    lakeside::start(accept_from(*it), [this, it] {
      listeners_.erase(it);
      quit_when_done();
    });
  }
  tick();
}

void Worker::tick() {
  ++ticks_;
  for (Connection* c = first_; c; c = c->next) c->check_deadline();
  loop_.after(std::chrono::seconds(1), [this] { tick(); });
}

std::string_view Worker::date(Time now) {
  auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second != date_second_) {
    date_second_ = second;
    date_ = format_http_date(now);
  }
  return date_;
}

std::unique_ptr<RequestContext> Worker::lend() {
  if (contexts_.empty()) {
    auto fresh = std::make_unique<RequestContext>();
    fresh->buffer.reserve(ReadBuffer::kInitialSize);
    return fresh;
  }
  auto context = std::move(contexts_.back());
  contexts_.pop_back();
  return context;
}

void Worker::take_back(std::unique_ptr<RequestContext> context) {
  bool grown = context->buffer.capacity() > ReadBuffer::kInitialSize;
  if (contexts_.size() < kSpareContexts && !grown) contexts_.push_back(std::move(context));
}

// --- accepting --------------------------------------------------------------------------

Task<void> Worker::accept_from(Listener& listener) {
  while (!stopping_) {
    Accepted last = Accepted::kOne;
    for (int i = 0; i < kAcceptsInARow && last == Accepted::kOne; ++i) {
      last = accept_one(listener.socket.fd());
    }
    if (last == Accepted::kNone) {
      listener.socket.drained();
      co_await listener.socket.readable();
    } else if (last == Accepted::kExhausted) {
      co_await loop_.sleep(kAcceptPause);
    } else {
      co_await loop_.yield();
    }
  }
}

Worker::Accepted Worker::accept_one(int listening) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  Fd fd(accept4(listening, reinterpret_cast<sockaddr*>(&address), &size,
                SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (fd.get() >= 0) {
    place(std::move(fd), address_text(address));
    return Accepted::kOne;
  }
  switch (errno) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      shared_.counters.accept_failures.add();
      log(LogLevel::kWarn, "cannot accept connections for now",
          {{"error", fail_errno("accept", errno).error().detail}});
      return Accepted::kExhausted;
    case EAGAIN:
      return Accepted::kNone;
    default:  // that connection failed, not the listener
      return stopping_ ? Accepted::kNone : Accepted::kOne;
  }
}

void Worker::place(Fd fd, std::string peer) {
  Counters& counters = shared_.counters;
  counters.connections_total.add();
  if (shared_.open_connections.fetch_add(1) >= shared_.options.limits.connections) {
    shared_.open_connections.fetch_sub(1);
    counters.connections_refused.add();
    return;
  }
  Worker& worker = least_loaded();
  worker.load_.fetch_add(1, std::memory_order_relaxed);
  if (&worker == this) {
    adopt(std::move(fd), std::move(peer));
  } else {
    worker.loop_.submit([&worker, owned = std::move(fd), name = std::move(peer)]() mutable {
      worker.adopt(std::move(owned), std::move(name));
    });
  }
}

// The kernel deals connections out by a hash, so one core may get far more than another, and
// they stay for long.
Worker& Worker::least_loaded() {
  Worker* least = this;
  std::size_t least_load = load_.load(std::memory_order_relaxed);
  for (const auto& worker : all_) {
    std::size_t load = worker->load_.load(std::memory_order_relaxed);
    // Moving a connection wakes another thread: not for a difference that it would only turn.
    if (load + 1 < least_load) {
      least = worker.get();
      least_load = load;
    }
  }
  return *least;
}

void Worker::adopt(Fd fd, std::string peer) {
  shared_.counters.connections.add(1);
  auto* connection = new Connection(*this, fd.release(), std::move(peer));
  connection->next = first_;
  if (first_) first_->previous = connection;
  first_ = connection;
  lakeside::start(connection->run(), [this, connection] { remove(*connection); });
}

void Worker::remove(Connection& connection) {
  if (connection.previous) {
    connection.previous->next = connection.next;
  } else {
    first_ = connection.next;
  }
  if (connection.next) connection.next->previous = connection.previous;
  delete &connection;
  load_.fetch_sub(1, std::memory_order_relaxed);
  shared_.open_connections.fetch_sub(1);
  shared_.counters.connections.add(-1);
  quit_when_done();
}

// --- stopping ---------------------------------------------------------------------------

void Worker::stop(std::chrono::milliseconds drain) {
  loop_.submit([this, drain] { begin_stop(drain); });
}

void Worker::begin_stop(std::chrono::milliseconds drain) {
  if (stopping_) return;
  stopping_ = true;
  for (Listener& listener : listeners_) listener.socket.wake();
  for (Connection* c = first_; c; c = c->next) {
    if (c->idle()) c->abort();
  }
  loop_.after(drain, [this] {
    for (Connection* c = first_; c; c = c->next) c->abort();
  });
  quit_when_done();
}

void Worker::quit_when_done() {
  if (stopping_ && listeners_.empty() && !first_) loop_.quit();
}

}  // namespace lakeside::http
