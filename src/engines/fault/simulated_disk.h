// What a disk may lose when the power goes, and how it fails, simulated under a real folder.
//
// Engines write through an adapter (fault_file_system.h, fault_rocksdb_fs.h), which does the
// real work and tells the disk of it. The disk knows what was not synced: data by fdatasync,
// names by fsync of their folder. After a power cut it takes that back from the real files:
// all of it, or a random choice, torn as disks tear.
//
// Files are written once, never over bytes that are synced already; both engines do so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace lakeside::engines {

// What is known of one file, whatever its name. Owned by the disk and the open file.
struct DiskFile {
  struct Range {
    std::uint64_t begin;
    std::uint64_t end;
  };
  std::vector<Range> unsynced;
  std::uint64_t synced_size = 0;
  std::uint64_t size = 0;
};

// Thread-safe. Methods that give an int return 0 or the error number with which the
// operation is to fail; the operation is then not to be done, except for write.
class SimulatedDisk {
 public:
  // `graveyard` is a folder of its own, beside the data on the same file system, for names
  // that may have to come back.
  explicit SimulatedDisk(std::string graveyard);

  // ---- the test's side

  // Everything that writes fails with this number; writes may be done in part.
  void break_writes(std::optional<int> error_number);
  // One in `one_in` operations fails so.
  void break_some(int error_number, unsigned one_in, std::uint64_t seed);
  // After so many further operations nothing is done any more.
  void cut_power(std::size_t after_operations = 0);
  // When nothing has a file open for writing any more: takes back what was not synced and
  // lets operations pass again. Seed 0: takes back all; else a random choice.
  void restore_power(std::uint64_t seed);
  [[nodiscard]] std::size_t operations() const;

  // ---- the adapters' side

  std::shared_ptr<DiskFile> created(const std::string& path);  // after it was done
  // How many of `size` bytes to write, and how to fail afterwards.
  struct WriteFate {
    std::uint64_t size;
    int error_number;
  };
  [[nodiscard]] WriteFate before_write(std::uint64_t size);
  void wrote(DiskFile& file, std::uint64_t offset, std::uint64_t size);
  void truncated(DiskFile& file, std::uint64_t size);
  // Any operation but write, before it is done.
  [[nodiscard]] int before_operation();
  [[nodiscard]] int sync(DiskFile& file);
  // These do the operation themselves.
  [[nodiscard]] int rename(const std::string& from, const std::string& to);
  [[nodiscard]] int remove(const std::string& path);
  [[nodiscard]] int make_folder(const std::string& path);
  [[nodiscard]] int sync_folder(const std::string& path);

 private:
  // A change of a name that was not synced yet.
  struct NameChange {
    std::string folder;
    std::function<void()> undo;
    std::string grave;  // a file to drop when the change is durable; empty: none
  };

  int fate();
  std::string dig(const std::string& path);
  void undo_names(std::size_t kept);
  void tear(const std::string& path, DiskFile& file, std::mt19937_64& random, unsigned how);

  const std::string graveyard_;
  mutable std::mutex mutex_;
  std::optional<std::size_t> power_left_;  // operations until the power goes
  std::optional<int> broken_;
  unsigned one_in_ = 0;
  int some_error_ = 0;
  std::mt19937_64 random_{1};
  std::size_t operations_ = 0;
  std::size_t graves_ = 0;
  std::vector<NameChange> names_;  // in order
  std::map<std::string, std::shared_ptr<DiskFile>> files_;
};

}  // namespace lakeside::engines
