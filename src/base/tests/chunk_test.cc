#include "base/chunk.h"

#include <fcntl.h>

#include <cstring>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/result.h"
#include "base/stream.h"

namespace lakeside {
namespace {

TEST(Chunk, AllocatesAligned) {
  for (std::size_t capacity : {std::size_t{0}, std::size_t{1}, std::size_t{4096}, std::size_t{4097},
                               kChunkSize, 3 * kChunkSize}) {
    Chunk chunk = Chunk::allocate(capacity);
    EXPECT_GE(chunk.capacity(), std::max<std::size_t>(capacity, 1));
    EXPECT_EQ(chunk.capacity() % kDirectIoAlignment, 0u);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(chunk.view().data()) % kDirectIoAlignment, 0u);
    EXPECT_TRUE(chunk.empty());
    std::memset(chunk.free_space().data(), 1, chunk.free_space().size());
  }
  EXPECT_EQ(Chunk::allocate().capacity(), kChunkSize);
}

TEST(Chunk, FillsFromTheFront) {
  Chunk chunk = Chunk::allocate(4096);
  std::memcpy(chunk.free_space().data(), "hello", 5);
  chunk.extend(5);
  EXPECT_EQ(as_text(chunk.view()), "hello");
  EXPECT_EQ(chunk.free_space().size(), 4091u);
  chunk.truncate(4);
  EXPECT_EQ(as_text(chunk.view()), "hell");
  chunk.extend(4092);
  EXPECT_TRUE(chunk.full());
  EXPECT_TRUE(chunk.free_space().empty());
}

TEST(Chunk, Moves) {
  Chunk a = Chunk::allocate();
  a.extend(3);
  Chunk b = std::move(a);
  EXPECT_EQ(b.size(), 3u);
  EXPECT_EQ(a.capacity(), 0u);  // NOLINT(bugprone-use-after-move)
  Chunk c = Chunk::allocate(4096);
  c = std::move(b);
  EXPECT_EQ(c.capacity(), kChunkSize);
  Chunk& self = c;
  c = std::move(self);
  EXPECT_EQ(c.size(), 3u);
  c = Chunk();
  EXPECT_EQ(c.capacity(), 0u);
}

TEST(Chunk, ManyThreads) {
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      std::vector<Chunk> held;
      for (int i = 0; i < 200; ++i) {
        Chunk chunk = Chunk::allocate();
        std::memset(chunk.free_space().data(), t, 64);
        held.push_back(std::move(chunk));
        if (held.size() > 20) {
          for (Chunk& old : held) {
            EXPECT_EQ(std::to_integer<int>(old.free_space()[0]), t);
          }
          held.clear();
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(FileHandle, ClosesItsDescriptor) {
  int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  {
    FileHandle handle(fd);
  }
  EXPECT_EQ(fcntl(fd, F_GETFD), -1);
  FileHandle none(-1);
}

TEST(Result, Errno) {
  EXPECT_EQ(fail_errno("open x", ENOENT).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(fail_errno("open x", ENOENT).error().detail, "open x: No such file or directory");
  EXPECT_EQ(fail_errno("write", ENOSPC).error().code, ErrorCode::kNoSpace);
  EXPECT_EQ(fail_errno("write", EDQUOT).error().code, ErrorCode::kNoSpace);
  EXPECT_EQ(fail_errno("write", EIO).error().code, ErrorCode::kIo);
  EXPECT_EQ(to_string(ErrorCode::kGuardFailed), "guard_failed");
}

}  // namespace
}  // namespace lakeside
