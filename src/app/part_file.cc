#include "app/part_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/data_folder.h"
#include "base/encoding.h"

namespace lakeside::app {
namespace {

namespace fs = std::filesystem;

// Data comes in pieces of 4 KiB.
constexpr std::size_t kBuffer = 1 << 20;

std::optional<Expected> read_note(const fs::path& path) {
  auto text = read_small_file(path);
  if (!text) return std::nullopt;
  auto json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  Expected noted;
  for (auto [name, target] : {std::pair{"source", &noted.source},
                              std::pair{"sha256", &noted.sha256}, std::pair{"etag", &noted.etag}}) {
    auto value = json.find(name);
    if (value == json.end() || !value->is_string()) return std::nullopt;
    *target = value->get<std::string>();
  }
  auto bytes = json.find("bytes");
  if (bytes == json.end() || !bytes->is_number_unsigned()) return std::nullopt;
  noted.bytes = bytes->get<std::uint64_t>();
  return noted;
}

// With a hash the content is the same wherever it comes from; without one only If-Range can tell.
bool is_same(const Expected& a, const Expected& b) {
  if (a.bytes != b.bytes || a.sha256 != b.sha256) return false;
  return !a.sha256.empty() || (a.source == b.source && !a.etag.empty());
}

}  // namespace

PartFile::PartFile(fs::path path, int descriptor, Expected expected)
    : path_(std::move(path)), descriptor_(descriptor), expected_(std::move(expected)) {
  buffer_.reserve(kBuffer);
}

PartFile::~PartFile() {
  if (!flush()) size_ = 0;
  ::close(descriptor_);
}

fs::path PartFile::note() const { return path_.string() + ".json"; }

Result<std::unique_ptr<PartFile>> PartFile::open(fs::path path, Expected expected) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return fail_errno(path.string(), errno);
  std::unique_ptr<PartFile> part(new PartFile(std::move(path), descriptor, std::move(expected)));
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorCode::kUnavailable, "another process fetches this model now");
  }
  auto noted = read_note(part->note());
  Status taken;
  if (noted && is_same(*noted, part->expected_)) {
    part->expected_.etag = noted->etag;
    taken = part->take_over();
  } else {
    taken = part->restart();
  }
  if (taken) taken = part->expect(part->expected_);
  if (!taken) return std::unexpected(taken.error());
  return part;
}

Status PartFile::take_over() {
  struct stat found{};
  if (::fstat(descriptor_, &found) != 0) return fail_errno(path_.string(), errno);
  if (static_cast<std::uint64_t>(found.st_size) > expected_.bytes) return restart();
  std::vector<char> piece(kBuffer);
  while (true) {
    const ssize_t got = ::pread(descriptor_, piece.data(), piece.size(), static_cast<off_t>(size_));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno(path_.string(), errno);
    if (got == 0) return {};
    hasher_.update(as_bytes({piece.data(), static_cast<std::size_t>(got)}));
    size_ += static_cast<std::uint64_t>(got);
  }
}

Status PartFile::restart() {
  buffer_.clear();
  size_ = 0;
  hasher_ = Hasher(HashKind::kSha256);
  if (::ftruncate(descriptor_, 0) != 0) return fail_errno(path_.string(), errno);
  return {};
}

Status PartFile::expect(Expected expected) {
  expected_ = std::move(expected);
  nlohmann::json json = {{"source", expected_.source},
                         {"bytes", expected_.bytes},
                         {"sha256", expected_.sha256},
                         {"etag", expected_.etag}};
  return write_private_file(note(), json.dump(2) + "\n");
}

Status PartFile::append(std::string_view data) {
  if (data.size() > expected_.bytes - size_) {
    return fail(ErrorCode::kTooLarge, "more comes than the " + std::to_string(expected_.bytes) +
                                          " bytes that were announced");
  }
  hasher_.update(as_bytes(data));
  size_ += data.size();
  buffer_ += data;
  return buffer_.size() < kBuffer ? Status() : flush();
}

Status PartFile::flush() {
  std::string_view left = buffer_;
  while (!left.empty()) {
    const auto at = static_cast<off_t>(size_ - left.size());
    const ssize_t done = ::pwrite(descriptor_, left.data(), left.size(), at);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return fail_errno(path_.string(), errno);
    left.remove_prefix(static_cast<std::size_t>(done));
  }
  buffer_.clear();
  return {};
}

Status PartFile::verify() {
  if (auto flushed = flush(); !flushed) return flushed;
  std::string found = hex_lower(as_bytes(hasher_.finish()));
  std::string wrong;
  if (size_ != expected_.bytes) {
    wrong =
        "it has " + std::to_string(size_) + " bytes instead of " + std::to_string(expected_.bytes);
  } else if (!expected_.sha256.empty() && found != expected_.sha256) {
    wrong = "its SHA-256 is " + found + " instead of " + expected_.sha256;
  }
  if (wrong.empty()) return {};
  remove();
  return fail(ErrorCode::kCorrupt,
              "what came is not the file that was announced, and was removed: " + wrong);
}

void PartFile::remove() {
  buffer_.clear();
  std::error_code error;
  fs::remove(path_, error);
  forget_note();
}

void PartFile::forget_note() {
  std::error_code error;
  fs::remove(note(), error);
}

}  // namespace lakeside::app
