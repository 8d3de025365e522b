#include "app/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/encoding.h"
#include "base/log.h"

namespace lakeside::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kVersionPrefix = "lakeside data folder, format ";
constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kMaxSmallFile = 1 << 20;

// Closes its descriptor at the end of the scope.
class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

Status sync_directory(const fs::path& folder) {
  Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0) return fail_errno(folder.string(), errno);
  if (::fsync(fd.get()) != 0) return fail_errno(folder.string(), errno);
  return {};
}

Status write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail_errno("write", errno);
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Status check_version(const fs::path& folder) {
  auto text = read_small_file(folder / "VERSION");
  if (!text) return std::unexpected(text.error());
  std::string_view rest = *text;
  if (!rest.starts_with(kVersionPrefix)) {
    return fail(ErrorCode::kUnsupported, folder.string() + ": VERSION is not one of Lakeside's");
  }
  rest.remove_prefix(kVersionPrefix.size());
  auto version = parse_uint(rest.substr(0, rest.find('\n')));
  if (!version) {
    return fail(ErrorCode::kUnsupported, folder.string() + ": VERSION cannot be read");
  }
  if (*version > kVersion) {
    return fail(ErrorCode::kUnsupported,
                folder.string() + " was written by a newer Lakeside (format " +
                    std::to_string(*version) + ", this one knows " + std::to_string(kVersion) +
                    "): use that version or a newer one");
  }
  return {};
}

// RocksDB 7.8 ends the process when there is no room for the log it opens with.
Status check_room(const fs::path& folder) {
  constexpr std::uint64_t kLeast = 8 << 20;
  std::error_code error;
  fs::space_info space = fs::space(folder, error);
  if (error || space.available >= kLeast) return {};
  return fail(ErrorCode::kNoSpace, folder.string() + ": no space left to start (less than " +
                                       std::to_string(kLeast >> 20) + " MiB are free)");
}

// A new folder gets its version; a folder full of something else is left alone.
Status write_or_check_version(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder / "VERSION", error)) return check_version(folder);
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    // Models may be imported before the first start.
    if (entry.path().filename() != "lock" && entry.path().filename() != "models") {
      return fail(ErrorCode::kUnsupported,
                  folder.string() + " is not empty and not a data folder of Lakeside");
    }
  }
  return write_private_file(folder / "VERSION",
                            std::string(kVersionPrefix) + std::to_string(kVersion) + "\n");
}

std::string random_digits(std::size_t count) {
  std::string digits;
  while (digits.size() < count) {
    for (char c : random_alphanumeric(count)) {
      bool first_zero = digits.empty() && c == '0';
      if (c >= '0' && c <= '9' && !first_zero && digits.size() < count) digits += c;
    }
  }
  return digits;
}

Result<RootKey> parse_root_key(const fs::path& file, const std::string& text) {
  auto json = nlohmann::json::parse(text, nullptr, false);
  RootKey key;
  for (auto [name, target] :
       {std::pair{"account_id", &key.account_id}, std::pair{"access_key_id", &key.access_key_id},
        std::pair{"access_key_secret", &key.access_key_secret}}) {
    auto value = json.is_object() ? json.find(name) : json.end();
    if (!json.is_object() || value == json.end() || !value->is_string()) {
      return fail(ErrorCode::kCorrupt, file.string() + ": \"" + name + "\" is missing");
    }
    *target = value->get<std::string>();
  }
  return key;
}

}  // namespace

Result<std::string> read_small_file(const fs::path& file) {
  Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return fail_errno(file.string(), errno);
  std::string text(kMaxSmallFile, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    ssize_t n = ::read(fd.get(), text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail_errno(file.string(), errno);
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  text.resize(size);
  return text;
}

Status write_private_file(const fs::path& file, std::string_view text) {
  fs::path temporary = file.string() + ".new";
  Fd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (fd.get() < 0) return fail_errno(temporary.string(), errno);
  if (::fchmod(fd.get(), 0600) != 0) return fail_errno(temporary.string(), errno);
  if (auto written = write_all(fd.get(), text); !written) return written;
  if (::fsync(fd.get()) != 0) return fail_errno(temporary.string(), errno);
  if (::rename(temporary.c_str(), file.c_str()) != 0) return fail_errno(file.string(), errno);
  return sync_directory(file.parent_path());
}

Result<std::unique_ptr<DataFolder>> DataFolder::open(fs::path path) {
  std::error_code error;
  path = fs::absolute(path, error);
  bool existed = fs::exists(path, error);
  fs::create_directories(path, error);
  if (error) return fail(ErrorCode::kIo, path.string() + ": " + error.message());
  if (!existed && ::chmod(path.c_str(), 0700) != 0) return fail_errno(path.string(), errno);

  if (auto room = check_room(path); !room) return std::unexpected(room.error());
  Fd lock(::open((path / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.get() < 0) return fail_errno((path / "lock").string(), errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorCode::kUnavailable,
                path.string() + " is in use by another Lakeside: stop it, or give --data");
  }
  if (auto version = write_or_check_version(path); !version) {
    return std::unexpected(version.error());
  }
  return std::unique_ptr<DataFolder>(new DataFolder(std::move(path), lock.release()));
}

Result<std::unique_ptr<DataFolder>> DataFolder::make_temporary() {
  std::error_code error;
  std::string pattern = (fs::temp_directory_path(error) / "lakeside-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) return fail_errno(pattern, errno);
  auto folder = open(pattern);
  if (folder) (*folder)->temporary_ = true;
  return folder;
}

DataFolder::~DataFolder() {
  if (temporary_) {
    std::error_code error;
    fs::remove_all(path_, error);
    if (error) {
      log(LogLevel::kWarn, "the temporary data folder could not be removed",
          {{"path", path_.string()}, {"why", error.message()}});
    }
  }
  ::close(lock_fd_);
}

fs::path default_data_folder() {
  if (const char* xdg = std::getenv("XDG_DATA_HOME"); xdg != nullptr && *xdg != '\0') {
    return fs::path(xdg) / "lakeside";
  }
  const char* home = std::getenv("HOME");
  return fs::path(home != nullptr && *home != '\0' ? home : "/") / ".local" / "share" / "lakeside";
}

std::string local_model_key(std::string_view access_key_secret) {
  auto derived = hmac_sha256(as_bytes(access_key_secret), as_bytes("lakeside local model key"));
  return "sk-" + hex_lower(derived);
}

Result<RootKey> load_or_make_root_key(const fs::path& file, const std::string& access_key_id,
                                      const std::string& access_key_secret) {
  RootKey key;
  auto text = read_small_file(file);
  if (text) {
    auto parsed = parse_root_key(file, *text);
    if (!parsed) return parsed;
    key = std::move(*parsed);
  } else if (text.error().code == ErrorCode::kNotFound) {
    key = {random_digits(16), access_key_id, access_key_secret, true};
    if (key.access_key_id.empty()) {
      key.access_key_id = "LTAI5t" + random_alphanumeric(18);
      key.access_key_secret = random_alphanumeric(30);
    }
    nlohmann::ordered_json json = {{"account_id", key.account_id},
                                   {"access_key_id", key.access_key_id},
                                   {"access_key_secret", key.access_key_secret}};
    if (auto written = write_private_file(file, json.dump(2) + "\n"); !written) {
      return std::unexpected(written.error());
    }
  } else {
    return std::unexpected(text.error());
  }
  if (!access_key_id.empty()) {
    key.access_key_id = access_key_id;
    key.access_key_secret = access_key_secret;
  }
  return key;
}

}  // namespace lakeside::app
