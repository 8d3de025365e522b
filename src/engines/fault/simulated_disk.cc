#include "engines/fault/simulated_disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

namespace lakeside::engines {
namespace {

constexpr std::uint64_t kPage = 4096;

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

// RocksDB writes some names with two slashes.
std::string clean(const std::string& path) {
  std::string out;
  for (char c : path) {
    if (c != '/' || out.empty() || out.back() != '/') out += c;
  }
  if (out.size() > 1 && out.back() == '/') out.pop_back();
  return out;
}

void zero(int fd, std::uint64_t begin, std::uint64_t end) {
  const std::string zeros(end - begin, '\0');
  [[maybe_unused]] ssize_t n = pwrite(fd, zeros.data(), zeros.size(), static_cast<off_t>(begin));
  assert(n == static_cast<ssize_t>(zeros.size()));
}

}  // namespace

SimulatedDisk::SimulatedDisk(std::string graveyard) : graveyard_(std::move(graveyard)) {
  mkdir(graveyard_.c_str(), 0700);
}

void SimulatedDisk::break_writes(std::optional<int> error_number) {
  std::lock_guard lock(mutex_);
  broken_ = error_number;
  one_in_ = 0;
}

void SimulatedDisk::break_some(int error_number, unsigned one_in, std::uint64_t seed) {
  std::lock_guard lock(mutex_);
  some_error_ = error_number;
  one_in_ = one_in;
  random_.seed(seed);
}

void SimulatedDisk::cut_power(std::size_t after_operations) {
  std::lock_guard lock(mutex_);
  power_left_ = after_operations;
}

std::size_t SimulatedDisk::operations() const {
  std::lock_guard lock(mutex_);
  return operations_;
}

int SimulatedDisk::fate() {
  ++operations_;
  if (power_left_ && *power_left_ == 0) return EIO;
  if (power_left_) --*power_left_;
  if (broken_) return *broken_;
  if (one_in_ != 0 && random_() % one_in_ == 0) return some_error_;
  return 0;
}

int SimulatedDisk::before_operation() {
  std::lock_guard lock(mutex_);
  return fate();
}

std::shared_ptr<DiskFile> SimulatedDisk::created(const std::string& path) {
  std::lock_guard lock(mutex_);
  std::string name = clean(path);
  auto file = std::make_shared<DiskFile>();
  files_[name] = file;
  names_.push_back({folder_of(name), [name] { unlink(name.c_str()); }, {}});
  return file;
}

SimulatedDisk::WriteFate SimulatedDisk::before_write(std::uint64_t size) {
  std::lock_guard lock(mutex_);
  int error_number = fate();
  if (error_number == 0) return {size, 0};
  if (power_left_ && *power_left_ == 0) return {0, error_number};
  // A full disk takes a part.
  std::uint64_t part = random_() % 2 == 0 ? 0 : random_() % size / kPage * kPage;
  return {part, error_number};
}

void SimulatedDisk::wrote(DiskFile& file, std::uint64_t offset, std::uint64_t size) {
  std::lock_guard lock(mutex_);
  if (size == 0) return;
  file.unsynced.push_back({offset, offset + size});
  file.size = std::max(file.size, offset + size);
}

void SimulatedDisk::truncated(DiskFile& file, std::uint64_t size) {
  std::lock_guard lock(mutex_);
  file.size = size;
  file.synced_size = std::min(file.synced_size, size);
}

int SimulatedDisk::sync(DiskFile& file) {
  std::lock_guard lock(mutex_);
  if (int error_number = fate()) return error_number;
  file.unsynced.clear();
  file.synced_size = file.size;
  return 0;
}

std::string SimulatedDisk::dig(const std::string& path) {
  std::string grave = graveyard_ + '/' + std::to_string(++graves_);
  return link(path.c_str(), grave.c_str()) == 0 ? grave : std::string();
}

int SimulatedDisk::rename(const std::string& from_path, const std::string& to_path) {
  std::lock_guard lock(mutex_);
  if (int error_number = fate()) return error_number;
  std::string from = clean(from_path);
  std::string to = clean(to_path);
  auto replaced = files_.contains(to) ? files_[to] : nullptr;
  std::string grave = dig(to);
  if (::rename(from.c_str(), to.c_str()) != 0) return errno;
  auto moved = files_[from];
  files_.erase(from);
  files_[to] = moved;
  auto undo = [this, from, to, grave, moved, replaced] {
    ::rename(to.c_str(), from.c_str());
    files_[from] = moved;
    files_.erase(to);
    if (grave.empty()) return;
    ::rename(grave.c_str(), to.c_str());
    files_[to] = replaced;
  };
  names_.push_back({folder_of(to), std::move(undo), grave});
  return 0;
}

int SimulatedDisk::remove(const std::string& file_path) {
  std::lock_guard lock(mutex_);
  if (int error_number = fate()) return error_number;
  std::string path = clean(file_path);
  std::string grave = dig(path);
  if (unlink(path.c_str()) != 0) return errno;
  auto file = files_[path];
  files_.erase(path);
  auto undo = [this, path, grave, file] {
    ::rename(grave.c_str(), path.c_str());
    files_[path] = file;
  };
  names_.push_back({folder_of(path), std::move(undo), grave});
  return 0;
}

int SimulatedDisk::make_folder(const std::string& folder_path) {
  std::lock_guard lock(mutex_);
  if (int error_number = fate()) return error_number;
  std::string path = clean(folder_path);
  if (mkdir(path.c_str(), 0700) != 0) return errno;
  auto undo = [path] {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  };
  names_.push_back({folder_of(path), std::move(undo), {}});
  return 0;
}

int SimulatedDisk::sync_folder(const std::string& folder_path) {
  std::lock_guard lock(mutex_);
  if (int error_number = fate()) return error_number;
  std::string path = clean(folder_path);
  std::erase_if(names_, [&](const NameChange& change) {
    if (change.folder != path) return false;
    if (!change.grave.empty()) unlink(change.grave.c_str());
    return true;
  });
  return 0;
}

void SimulatedDisk::undo_names(std::size_t kept) {
  while (names_.size() > kept) {
    names_.back().undo();
    names_.pop_back();
  }
  for (const NameChange& change : names_) {
    if (!change.grave.empty()) unlink(change.grave.c_str());
  }
  names_.clear();
}

void SimulatedDisk::restore_power(std::uint64_t seed) {
  std::lock_guard lock(mutex_);
  std::mt19937_64 random(seed);
  undo_names(seed == 0 ? 0 : random() % (names_.size() + 1));
  for (auto& [path, file] : files_) {
    if (file && !file->unsynced.empty()) tear(path, *file, random, seed == 0 ? 0 : 1 + seed % 2);
  }
  files_.clear();  // what is left is durable
  power_left_.reset();
  broken_.reset();
  one_in_ = 0;
}

// How: 0 drops what was not synced, 1 keeps some bytes from its beginning on, 2 keeps any of
// its pages.
void SimulatedDisk::tear(const std::string& path, DiskFile& file, std::mt19937_64& random,
                         unsigned how) {
  int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;  // its name is gone
  std::uint64_t size = file.synced_size;
  if (how > 0) size += random() % (file.size - file.synced_size + 1);
  struct stat info;
  if (fstat(fd, &info) == 0) size = std::min(size, static_cast<std::uint64_t>(info.st_size));
  [[maybe_unused]] int cut = ftruncate(fd, static_cast<off_t>(size));
  assert(cut == 0);
  for (const DiskFile::Range& range : file.unsynced) {
    if (how < 2) break;
    std::uint64_t end = std::min(range.end, size);
    for (std::uint64_t at = range.begin; at < end;) {
      std::uint64_t page_end = std::min(end, (at / kPage + 1) * kPage);
      if (random() % 2 == 0) zero(fd, at, page_end);
      at = page_end;
    }
  }
  close(fd);
}

}  // namespace lakeside::engines
