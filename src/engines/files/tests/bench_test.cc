// Figures, not tests; run with --gtest_also_run_disabled_tests --gtest_filter='*Bench*'.
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "engines/contract/blob_io.h"
#include "engines/contract/coroutines.h"
#include "engines/contract/temp_folder.h"
#include "engines/files/file_blob_store.h"

namespace lakeside::engines {
namespace {

using Clock = std::chrono::steady_clock;
using contract::test_data;

constexpr std::chrono::seconds kRun{3};
constexpr std::size_t kBlob = 16 << 20;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Of the whole process: on a busy machine it says more than the time that passed.
double cpu_seconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::unique_ptr<BlobStore> open_store(const std::string& path) {
  FileBlobOptions options;
  options.path = path;
  auto store = open_file_blob_store(options);
  EXPECT_TRUE(store);
  return std::move(*store);
}

Task<void> write_blobs(BlobStore& store, std::size_t size, const std::string& data,
                       Clock::time_point end, std::uint64_t& done) {
  while (Clock::now() < end) {
    auto writer = co_await store.create("bucket");
    EXPECT_TRUE(writer);
    for (std::size_t at = 0; at < size; at += kChunkSize) {
      Chunk chunk = Chunk::allocate(std::min(kChunkSize, size - at));
      // As a body that comes from a socket.
      std::memcpy(chunk.free_space().data(), data.data(), std::min(kChunkSize, size - at));
      chunk.extend(std::min(kChunkSize, size - at));
      Status status = co_await (*writer)->append(std::move(chunk));
      EXPECT_TRUE(status);
    }
    auto id = co_await (*writer)->finish();
    EXPECT_TRUE(id);
    ++done;
    writer->reset();
    Status removed = co_await store.remove(*id);
    EXPECT_TRUE(removed);
  }
}

void write_bench(std::size_t size, int writers) {
  contract::TempFolder folder;
  auto store = open_store(folder.path());
  const std::string data = test_data(kChunkSize, 1);
  std::uint64_t done = 0;
  double cpu = cpu_seconds();
  auto start = Clock::now();
  std::vector<Task<void>> tasks;
  for (int i = 0; i < writers; ++i) {
    tasks.push_back(write_blobs(*store, size, data, start + kRun, done));
  }
  contract::run_together(std::move(tasks));
  double seconds = seconds_since(start);
  std::printf("write %5zu KiB, %2d writers: %6.0f/s, %.2f GB/s, %.2f ms of CPU a blob\n",
              size >> 10, writers, static_cast<double>(done) / seconds,
              static_cast<double>(done * size) / seconds / 1e9,
              (cpu_seconds() - cpu) * 1e3 / static_cast<double>(done));
}

TEST(FilesBench, DISABLED_Writes) {
  for (int round = 0; round < 2; ++round) {
    write_bench(kBlob, 1);
    write_bench(kBlob, 16);
    write_bench(128 << 10, 16);
  }
}

// As a gateway would: slices by sendfile, chunks by write, to a socket that a thread drains.
Task<void> send_blob(BlobStore& store, const BlobId& id, std::size_t size, int socket,
                     std::size_t& sliced) {
  auto source = co_await store.open(id, 0, size);
  EXPECT_TRUE(source);
  while (true) {
    auto segment = co_await (*source)->next();
    EXPECT_TRUE(segment);
    if (!*segment) co_return;
    if (const auto* slice = std::get_if<FileSlice>(&**segment)) {
      auto at = static_cast<off_t>(slice->offset);
      auto end = static_cast<off_t>(slice->offset + slice->length);
      while (at < end) {
        ssize_t n = sendfile(socket, slice->file->fd(), &at, static_cast<std::size_t>(end - at));
        EXPECT_GT(n, 0);
      }
      sliced += slice->length;
      continue;
    }
    ByteView data = std::get<Chunk>(**segment).view();
    while (!data.empty()) {
      ssize_t n = write(socket, data.data(), data.size());
      EXPECT_GT(n, 0);
      data = data.subspan(static_cast<std::size_t>(n));
    }
  }
}

// A drain that costs as little as it can: the receiver drops the bytes.
class Drain {
 public:
  Drain() {
    int pair[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    socket_ = pair[0];
    reader_ = std::thread([fd = pair[1]] {
      std::vector<char> buffer(1 << 20);
      while (read(fd, buffer.data(), buffer.size()) > 0) {
      }
      close(fd);
    });
  }
  ~Drain() {
    close(socket_);
    reader_.join();
  }
  int socket() const { return socket_; }

 private:
  int socket_;
  std::thread reader_;
};

double thread_cpu_seconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

TEST(FilesBench, DISABLED_Reads) {
  contract::TempFolder folder;
  auto store = open_store(folder.path());
  const std::string data = test_data(kBlob, 1);
  auto id = run_blocking(contract::write_blob(*store, "bucket", data));
  ASSERT_TRUE(id);
  Drain drain;
  std::size_t sliced = 0;
  auto send = [&] { run_blocking(send_blob(*store, *id, kBlob, drain.socket(), sliced)); };
  auto start = Clock::now();
  send();
  std::printf("send 16 MiB, cold: %.2f ms\n", seconds_since(start) * 1e3);
  constexpr int kTimes = 200;
  double cpu = thread_cpu_seconds();
  for (int i = 0; i < kTimes; ++i) send();
  std::printf("send 16 MiB, verified: %.3f ms of the sender's CPU, %.0f%% by sendfile\n",
              (thread_cpu_seconds() - cpu) * 1e3 / kTimes,
              100.0 * static_cast<double>(sliced) / static_cast<double>(kBlob) / kTimes);

  int fd = open(
      (folder.path() + "/bucket/" + id->value.substr(7, 2) + "/" + id->value.substr(7)).c_str(),
      O_RDONLY);
  ASSERT_GE(fd, 0);
  cpu = thread_cpu_seconds();
  for (int i = 0; i < kTimes; ++i) {
    off_t at = 0;
    while (at < static_cast<off_t>(kBlob)) {
      ASSERT_GT(sendfile(drain.socket(), fd, &at, kBlob - static_cast<std::size_t>(at)), 0);
    }
  }
  std::printf("bare sendfile: %.3f ms\n", (thread_cpu_seconds() - cpu) * 1e3 / kTimes);
  close(fd);
}

}  // namespace
}  // namespace lakeside::engines
