#include "app/master_key.h"

#include <sys/stat.h>

#include <cerrno>

#include "app/data_folder.h"

namespace lakeside::app {
namespace {

namespace fs = std::filesystem;

Result<SealingKey> parse(const std::string& where, const std::string& text) {
  auto key = SealingKey::parse(text);
  if (!key) return fail(ErrorCode::kInvalid, where + ": a master key is 64 hex digits");
  return std::move(*key);
}

Result<SealingKey> read_key(const fs::path& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) return fail_errno(file.string(), errno);
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return fail(ErrorCode::kInvalid,
                file.string() + " may be read by others: chmod 600 it before going on");
  }
  auto text = read_small_file(file);
  if (!text) return std::unexpected(std::move(text.error()));
  return parse(file.string(), *text);
}

}  // namespace

Result<SealingKey> load_or_make_master_key(
    const fs::path& file, const std::function<const char*(const std::string&)>& environment) {
  if (const char* key = environment("LAKESIDE_MASTER_KEY")) {
    return parse("LAKESIDE_MASTER_KEY", key);
  }
  if (const char* named = environment("LAKESIDE_MASTER_KEY_FILE")) return read_key(named);
  std::error_code error;
  if (const char* credentials = environment("CREDENTIALS_DIRECTORY")) {
    fs::path credential = fs::path(credentials) / "lakeside-master-key";
    if (fs::exists(credential, error)) {
      // systemd has seen to who may read it.
      auto text = read_small_file(credential);
      if (!text) return std::unexpected(std::move(text.error()));
      return parse(credential.string(), *text);
    }
  }
  if (fs::exists(file, error)) return read_key(file);
  SealingKey key = SealingKey::random();
  Status written = write_private_file(file, key.hex() + "\n");
  if (!written) return std::unexpected(std::move(written.error()));
  return key;
}

}  // namespace lakeside::app
