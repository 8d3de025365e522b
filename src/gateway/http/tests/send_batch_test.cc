#include "gateway/http/send_batch.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <deque>
#include <string>

#include <gtest/gtest.h>

#include "gateway/http/fd.h"

namespace lakeside::http {
namespace {

// A send that counts how often its coroutine was resumed.
struct Sender {
  struct Waiting {
    struct promise_type {
      Waiting get_return_object() {
        return {std::coroutine_handle<promise_type>::from_promise(*this)};
      }
      std::suspend_always initial_suspend() const noexcept { return {}; }
      std::suspend_never final_suspend() const noexcept { return {}; }
      void return_void() const noexcept {}
      void unhandled_exception() const noexcept { std::terminate(); }
    };
    std::coroutine_handle<> handle;
  };
  static Waiting wait(int& resumed) {
    ++resumed;
    co_return;
  }

  Sender(int fd, std::string data) : text(std::move(data)), piece{text.data(), text.size()} {
    send.fd = fd;
    send.message.msg_iov = &piece;
    send.message.msg_iovlen = 1;
    send.waiting = wait(resumed).handle;
  }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  std::string text;
  iovec piece;
  int resumed = 0;
  PendingSend send{};
};

struct Pair {
  Pair() {
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) != 0) return;
    ours = Fd(fds[0]);
    theirs = Fd(fds[1]);
  }
  Fd ours, theirs;
};

std::string received(int fd) {
  std::string data(1024, '\0');
  ssize_t n = recv(fd, data.data(), data.size(), 0);
  data.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  return data;
}

class SendBatchTest : public ::testing::TestWithParam<unsigned> {
 protected:
  SendBatch batch_{GetParam()};
};

TEST_P(SendBatchTest, SendsEachToItsOwn) {
  std::deque<Pair> pairs(11);  // more than the ring holds
  std::deque<Sender> senders;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    batch_.add(senders.emplace_back(pairs[i].ours.get(), "message " + std::to_string(i)).send);
  }
  EXPECT_FALSE(batch_.empty());
  batch_.run();
  EXPECT_TRUE(batch_.empty());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    EXPECT_EQ(senders[i].send.result, static_cast<int>(senders[i].text.size()));
    EXPECT_EQ(senders[i].resumed, 1);
    EXPECT_EQ(received(pairs[i].theirs.get()), senders[i].text);
  }
}

TEST_P(SendBatchTest, OneThatBlocksAndOneThatLeftHoldUpNobody) {
  Pair full, gone, well;
  std::string much(1 << 20, 'x');
  while (send(full.ours.get(), much.data(), much.size(), MSG_NOSIGNAL) > 0) {
  }
  gone.theirs = Fd();
  Sender a(full.ours.get(), "a"), b(gone.ours.get(), "b"), c(well.ours.get(), "c");
  for (Sender* sender : {&a, &b, &c}) batch_.add(sender->send);
  batch_.run();
  EXPECT_EQ(a.send.result, -EAGAIN);
  EXPECT_EQ(b.send.result, -EPIPE);
  EXPECT_EQ(c.send.result, 1);
  EXPECT_EQ(received(well.theirs.get()), "c");
  EXPECT_EQ(a.resumed + b.resumed + c.resumed, 3);
}

TEST_P(SendBatchTest, SendsWhatFits) {
  Pair pair, other;
  Sender large(pair.ours.get(), std::string(32 << 20, 'x')), small(other.ours.get(), "small");
  batch_.add(large.send);
  batch_.add(small.send);
  batch_.run();
  EXPECT_GT(large.send.result, 0);
  EXPECT_LT(large.send.result, 32 << 20);
  EXPECT_EQ(small.send.result, 5);
}

INSTANTIATE_TEST_SUITE_P(, SendBatchTest, ::testing::Values(0, 4),
                         [](const auto& param) { return param.param == 0 ? "Alone" : "Ring"; });

}  // namespace
}  // namespace lakeside::http
