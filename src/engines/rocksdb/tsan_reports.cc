// Part of the ThreadSanitizer build only: drops the reports about what RocksDB does with itself.
//
// Debian's librocksdb is not instrumented. ThreadSanitizer sees its locks, and what it does to
// memory and files through functions that are intercepted (memcpy, memcmp, delete, pread, close)
// or that it shares with our program (inline ones). It does not see its atomics. So what RocksDB
// orders by nothing else looks like a race:
//
//  - an entry of a memtable is written once, published by a release store in the skip list, and
//    read by whoever finds it there, us too: a scan hands out views of it;
//  - the last user of a version, a memtable or a file frees it: the users are counted in atomics,
//    and each thread parks its SuperVersion in a slot by compare-and-swap.
//
// A suppression `race:librocksdb.so` would hide all that has RocksDB anywhere in a stack, such as
// our file systems that it calls; `called_from_lib` hides its locks too, which makes more such
// reports. Here an access must be RocksDB's own, or a read of a memtable that is still alive.
// Who uses a database that is being closed is found all the same: he reads our pointer to it.
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include <dlfcn.h>

// ThreadSanitizer's interface for debuggers; no header has it.
extern "C" {
int __tsan_get_report_data(void* report, const char** description, int* count, int* stack_count,
                           int* access_count, int* location_count, int* mutex_count,
                           int* thread_count, int* unique_tid_count, void** sleep_trace,
                           std::size_t trace_size);
int __tsan_get_report_mop(void* report, std::size_t index, int* tid, void** address, int* size,
                          int* write, int* atomic, void** trace, std::size_t trace_size);
int __tsan_get_report_loc(void* report, std::size_t index, const char** type, void** address,
                          void** start, std::size_t* size, int* tid, int* fd, int* suppressable,
                          void** trace, std::size_t trace_size);
}

namespace {

using Trace = std::array<void*, 64>;  // innermost call first, nullptr after the last

struct Report {
  std::string_view description;
  int accesses = 0;
  int locations = 0;
};

struct Access {
  bool write = false;
  Trace trace{};

  // It was so long ago that ThreadSanitizer has no trace of it; history_size says how long.
  [[nodiscard]] bool forgotten() const { return trace[0] == nullptr; }
};

Report read_report(void* report) {
  Report out;
  const char* description = "";
  int ignored = 0;
  Trace sleep{};
  __tsan_get_report_data(report, &description, &ignored, &ignored, &out.accesses, &out.locations,
                         &ignored, &ignored, &ignored, sleep.data(), sleep.size());
  out.description = description;
  return out;
}

Access read_access(void* report, int index) {
  Access out;
  void* address = nullptr;
  int ignored = 0;
  int write = 0;
  __tsan_get_report_mop(report, static_cast<std::size_t>(index), &ignored, &address, &ignored,
                        &write, &ignored, out.trace.data(), out.trace.size());
  out.write = write != 0;
  return out;
}

// Where the memory was allocated; of memory that was freed, ThreadSanitizer does not tell.
Trace read_allocation(void* report) {
  Trace out{};
  const char* type = nullptr;
  void* address = nullptr;
  std::size_t size = 0;
  int ignored = 0;
  __tsan_get_report_loc(report, 0, &type, &address, &address, &size, &ignored, &ignored, &ignored,
                        out.data(), out.size());
  return out;
}

bool is_runtime(std::string_view library) {
  return library.contains("/libtsan.") || library.contains("/libstdc++.") ||
         library.contains("/libc.");
}

// The function of RocksDB that did what the trace leads to, if it was RocksDB.
std::optional<std::string_view> rocksdb_function(const Trace& trace) {
  bool ours = false;
  for (void* return_address : trace) {
    Dl_info info;
    if (return_address == nullptr) return std::nullopt;
    if (dladdr(static_cast<char*>(return_address) - 1, &info) == 0) return std::nullopt;
    std::string_view library = info.dli_fname;
    if (library.contains("/librocksdb.")) {
      if (ours) return std::nullopt;
      return info.dli_sname == nullptr ? "" : info.dli_sname;
    }
    // The program exports what its libraries refer to by name: inline functions that they share.
    if (!is_runtime(library)) ours = info.dli_sname == nullptr;
  }
  return std::nullopt;
}

bool is_in_memtable(void* report) {
  auto allocator = rocksdb_function(read_allocation(report));
  return allocator && (allocator->contains("5Arena") || allocator->contains("Memtable"));
}

bool concerns_rocksdb_alone(void* report) {
  Report data = read_report(report);
  if (data.description != "data-race") return false;
  const bool in_memtable = data.locations > 0 && is_in_memtable(report);
  bool by_rocksdb = in_memtable;
  for (int i = 0; i < data.accesses; ++i) {
    Access access = read_access(report, i);
    if (rocksdb_function(access.trace)) {
      by_rocksdb = true;
    } else if (!access.forgotten() && (access.write || !in_memtable)) {
      return false;
    }
  }
  return by_rocksdb;
}

}  // namespace

namespace __tsan {

class ReportDesc;

// ThreadSanitizer asks before it prints a report.
bool OnReport(const ReportDesc* report, bool suppressed);
bool OnReport(const ReportDesc* report, bool suppressed) {
  return suppressed || concerns_rocksdb_alone(const_cast<ReportDesc*>(report));
}

}  // namespace __tsan
