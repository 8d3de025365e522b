#include "engines/files/residency.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <optional>
#include <vector>

namespace lakeside::engines {
namespace {

constexpr std::uint64_t kPage = 4096;

#ifndef SYS_cachestat
#define SYS_cachestat 451
#endif

// From linux/mman.h of Linux 6.5; Debian 12's headers are older.
struct CachestatRange {
  std::uint64_t offset;
  std::uint64_t length;
};
struct Cachestat {
  std::uint64_t cached;
  std::uint64_t dirty;
  std::uint64_t writeback;
  std::uint64_t evicted;
  std::uint64_t recently_evicted;
};

// Nothing where the kernel has no cachestat(2). 2.8 µs for a megabyte.
std::optional<std::uint64_t> count_by_cachestat(int fd, std::uint64_t offset,
                                                std::uint64_t length) {
  static std::atomic<bool> missing = false;
  if (missing.load(std::memory_order_relaxed)) return std::nullopt;
  CachestatRange range{offset, length};
  Cachestat stat{};
  if (syscall(SYS_cachestat, fd, &range, &stat, 0) == 0) return stat.cached;
  if (errno == ENOSYS || errno == EPERM) missing.store(true, std::memory_order_relaxed);
  return std::nullopt;
}

// 9 µs for a megabyte.
std::uint64_t count_by_mincore(int fd, std::uint64_t offset, std::uint64_t length) {
  void* map = mmap(nullptr, length, PROT_READ, MAP_SHARED, fd, static_cast<off_t>(offset));
  if (map == MAP_FAILED) return 0;
  std::vector<unsigned char> pages(length / kPage);
  std::uint64_t count = 0;
  if (mincore(map, length, pages.data()) == 0) {
    count = static_cast<std::uint64_t>(
        std::count_if(pages.begin(), pages.end(), [](unsigned char page) { return page & 1; }));
  }
  munmap(map, length);
  return count;
}

}  // namespace

bool is_resident(int fd, std::uint64_t offset, std::uint64_t length) {
  std::uint64_t first = offset / kPage * kPage;
  std::uint64_t span = (offset + length + kPage - 1) / kPage * kPage - first;
  auto count = count_by_cachestat(fd, first, span);
  if (!count) count = count_by_mincore(fd, first, span);
  return *count == span / kPage;
}

}  // namespace lakeside::engines
