#include "app/run_file.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "app/data_folder.h"

namespace lakeside::app {
namespace {

namespace fs = std::filesystem;

fs::path run_folder() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && *runtime != '\0') return fs::path(runtime) / "lakeside";
  return fs::path("/tmp") / ("lakeside-" + std::to_string(::getuid()));
}

// Anybody may make folders in /tmp: this one must be ours alone.
Status check_private(const fs::path& folder) {
  struct stat status{};
  if (::lstat(folder.c_str(), &status) != 0) return fail_errno(folder.string(), errno);
  if (!S_ISDIR(status.st_mode) || status.st_uid != ::getuid() || (status.st_mode & 077) != 0) {
    return fail(ErrorCode::kInvalid, folder.string() + " is not a private folder of this user");
  }
  return {};
}

bool is_alive(int pid) { return ::kill(pid, 0) == 0 || errno == EPERM; }

std::optional<RunInfo> parse(const std::string& text) {
  auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  auto word = [&](const char* name) {
    auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  auto number = [&](const char* name) {
    auto found = json.find(name);
    return found != json.end() && found->is_number_integer() ? found->get<int>() : 0;
  };
  return RunInfo{word("url"),   word("region"), word("access_key_id"), word("access_key_secret"),
                 number("pid"), number("port"), word("data")};
}

}  // namespace

Result<RunFile> RunFile::write(const RunInfo& info) {
  fs::path folder = run_folder();
  std::error_code error;
  fs::create_directories(folder.parent_path(), error);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail_errno(folder.string(), errno);
  }
  if (auto checked = check_private(folder); !checked) return std::unexpected(checked.error());
  nlohmann::ordered_json json = {{"url", info.url},
                                 {"region", info.region},
                                 {"access_key_id", info.access_key_id},
                                 {"access_key_secret", info.access_key_secret},
                                 {"pid", info.pid},
                                 {"port", info.port},
                                 {"data", info.data}};
  fs::path path = folder / (std::to_string(info.pid) + ".json");
  if (auto written = write_private_file(path, json.dump(2) + "\n"); !written) {
    return std::unexpected(written.error());
  }
  return RunFile(std::move(path));
}

RunFile::~RunFile() {
  std::error_code error;
  if (!path_.empty()) fs::remove(path_, error);
}

std::vector<RunInfo> running_servers() {
  std::vector<RunInfo> servers;
  fs::path folder = run_folder();
  if (!check_private(folder)) return servers;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".json") continue;
    auto text = read_small_file(entry.path());
    auto info = text ? parse(*text) : std::nullopt;
    if (!info) continue;
    if (is_alive(info->pid)) {
      servers.push_back(std::move(*info));
    } else {
      fs::remove(entry.path(), error);
    }
  }
  return servers;
}

}  // namespace lakeside::app
