#include "app/master_key.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <vector>

#include "app/data_folder.h"

namespace lakeside::app {
namespace {

namespace fs = std::filesystem;

Result<SealingKeys> parse(const std::string& where, std::string_view text) {
  std::vector<SealingKey> keys;
  while (true) {
    std::size_t begin = std::min(text.find_first_not_of(" ,\r\n\t"), text.size());
    text.remove_prefix(begin);
    if (text.empty()) break;
    std::string_view one = text.substr(0, text.find_first_of(" ,\r\n\t"));
    text.remove_prefix(one.size());
    auto key = SealingKey::parse(one);
    if (!key || keys.size() == kMostMasterKeys) {
      return fail(ErrorCode::kInvalid,
                  where + ": a master key is 64 hex digits, and there are at most " +
                      std::to_string(kMostMasterKeys));
    }
    keys.push_back(std::move(*key));
  }
  if (keys.empty()) return fail(ErrorCode::kInvalid, where + ": a master key is 64 hex digits");
  return SealingKeys(std::move(keys));
}

Result<SealingKeys> read_keys(const fs::path& file) {
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

Result<SealingKeys> load_or_make_master_keys(const fs::path& file,
                                             const MasterKeyEnvironment& environment) {
  if (const char* key = environment("LAKESIDE_MASTER_KEY")) {
    return parse("LAKESIDE_MASTER_KEY", key);
  }
  if (const char* named = environment("LAKESIDE_MASTER_KEY_FILE")) return read_keys(named);
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
  if (fs::exists(file, error)) return read_keys(file);
  SealingKey key = SealingKey::random();
  Status written = write_private_file(file, key.hex() + "\n");
  if (!written) return std::unexpected(std::move(written.error()));
  return SealingKeys(std::move(key));
}

Status add_master_key(const fs::path& file) {
  auto keys = read_keys(file);
  if (!keys) return std::unexpected(std::move(keys.error()));
  if (keys->keys().size() == kMostMasterKeys) {
    return fail(ErrorCode::kInvalid,
                file.string() + " has " + std::to_string(kMostMasterKeys) +
                    " keys: remove its last lines, which open old backups alone");
  }
  std::string text = SealingKey::random().hex() + "\n";
  for (const SealingKey& key : keys->keys()) text += key.hex() + "\n";
  return write_private_file(file, text);
}

}  // namespace lakeside::app
