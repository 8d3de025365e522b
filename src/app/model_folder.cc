#include "app/model_folder.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <nlohmann/json.hpp>

#include "app/data_folder.h"
#include "base/crypto.h"
#include "serving/llamacpp/gguf.h"

namespace lakeside::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExtension = ".gguf";
constexpr std::string_view kPart = ".gguf.part";
constexpr std::string_view kPartNote = ".gguf.part.json";
constexpr std::string_view kPinned = ".pinned";
constexpr std::string_view kOrigin = ".origin.json";
constexpr std::size_t kMaxName = 128;

Status check_name(std::string_view name) {
  if (is_model_name(name)) return {};
  return fail(ErrorCode::kInvalid, "\"" + std::string(name) +
                                       "\" cannot be a model's name: letters, digits and ._-: "
                                       "only, at most 128");
}

Status check_header(const fs::path& file) {
  auto header = serving::read_gguf(file.string());
  if (header) return {};
  return fail(ErrorCode::kInvalid, file.string() + " is no model: " + header.error().detail);
}

Status sync_path(const fs::path& path, int flags) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags);
  if (fd < 0) return fail_errno(path.string(), errno);
  int synced = ::fsync(fd);
  int error = errno;
  ::close(fd);
  if (synced != 0) return fail_errno(path.string(), error);
  return {};
}

Time time_of(const fs::directory_entry& entry) {
  std::error_code error;
  auto written = std::chrono::file_clock::to_sys(entry.last_write_time(error));
  return std::chrono::time_point_cast<Time::duration>(written);
}

}  // namespace

bool is_model_name(std::string_view name) {
  auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-:").find(c) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= kMaxName && name.front() != '.' &&
         std::ranges::all_of(name, allowed);
}

std::string default_model_name(const fs::path& file) { return file.stem().string(); }

fs::path ModelFolder::file_of(std::string_view name) const { return beside(name, kExtension); }

fs::path ModelFolder::beside(std::string_view name, std::string_view ending) const {
  return path_ / (std::string(name) + std::string(ending));
}

std::vector<ModelFile> ModelFolder::list() const {
  std::vector<ModelFile> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path_, error)) {
    const fs::path& path = entry.path();
    std::string name = path.stem().string();
    if (path.extension() != kExtension || !is_model_name(name)) continue;
    std::uint64_t bytes = entry.file_size(error);
    if (error) continue;
    const bool pinned = fs::exists(beside(name, kPinned), error);
    found.push_back({std::move(name), path, bytes, time_of(entry), pinned});
  }
  std::ranges::sort(found, {}, &ModelFile::name);
  return found;
}

Result<ModelFile> ModelFolder::find(std::string_view name) const {
  if (is_model_name(name)) {
    std::error_code error;
    fs::directory_entry entry(file_of(name), error);
    if (!error && entry.is_regular_file(error)) {
      return ModelFile{std::string(name), entry.path(), entry.file_size(error), time_of(entry),
                       fs::exists(beside(name, kPinned), error)};
    }
  }
  return fail(ErrorCode::kNotFound, "there is no model " + std::string(name));
}

Status ModelFolder::import(const fs::path& file, std::string_view name) const {
  if (auto checked = check_name(name); !checked) return checked;
  std::error_code error;
  if (!fs::is_regular_file(file, error)) {
    return fail(ErrorCode::kNotFound, file.string() + " is not a file");
  }
  if (auto checked = check_header(file); !checked) return checked;
  if (auto made = make_folders(); !made) return made;

  fs::path part = path_ / (".import-" + random_hex_upper(8));
  fs::copy_file(file, part, error);
  Status done =
      error ? Status(fail_errno(part.string(), error.value())) : publish(part, name, std::nullopt);
  if (!done) fs::remove(part, error);
  return done;
}

Result<fs::path> ModelFolder::part_of(std::string_view name) const {
  if (auto checked = check_name(name); !checked) return std::unexpected(checked.error());
  if (auto made = make_folders(); !made) return std::unexpected(made.error());
  return beside(name, kPart);
}

void ModelFolder::remove_part(std::string_view name) const {
  if (!is_model_name(name)) return;
  std::error_code error;
  for (std::string_view ending : {kPart, kPartNote}) fs::remove(beside(name, ending), error);
}

Result<std::uint64_t> ModelFolder::free_bytes() const {
  struct statvfs found{};
  if (::statvfs(path_.c_str(), &found) != 0) return fail_errno(path_.string(), errno);
  return static_cast<std::uint64_t>(found.f_bavail) * found.f_frsize;
}

Status ModelFolder::publish(const fs::path& part, std::string_view name,
                            const std::optional<ModelOrigin>& origin) const {
  if (auto checked = check_name(name); !checked) return checked;
  if (auto checked = check_header(part); !checked) return checked;
  if (auto synced = sync_path(part, 0); !synced) return synced;
  std::error_code error;
  // Never the old origin beside the new file.
  fs::remove(beside(name, kOrigin), error);
  fs::rename(part, file_of(name), error);
  if (error) return fail_errno(file_of(name).string(), error.value());
  if (origin) {
    nlohmann::json json = {{"source", origin->source}, {"version", origin->version}};
    auto written = write_private_file(beside(name, kOrigin), json.dump(2) + "\n");
    if (!written) return written;
  }
  return sync_path(path_, O_DIRECTORY);
}

std::optional<ModelOrigin> ModelFolder::origin(std::string_view name) const {
  if (!find(name)) return std::nullopt;
  auto text = read_small_file(beside(name, kOrigin));
  if (!text) return std::nullopt;
  auto json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object() || !json.contains("source") || !json.contains("version")) {
    return std::nullopt;
  }
  if (!json["source"].is_string() || !json["version"].is_string()) return std::nullopt;
  return ModelOrigin{json["source"], json["version"]};
}

Status ModelFolder::pin(std::string_view name, bool pinned) const {
  if (auto model = find(name); !model) return std::unexpected(model.error());
  std::error_code error;
  if (pinned) return write_private_file(beside(name, kPinned), "");
  fs::remove(beside(name, kPinned), error);
  if (error) return fail_errno(beside(name, kPinned).string(), error.value());
  return sync_path(path_, O_DIRECTORY);
}

// A data folder that is made here is as private as the server would make it.
Status ModelFolder::make_folders() const {
  std::error_code error;
  if (fs::create_directories(path_.parent_path(), error)) {
    fs::permissions(path_.parent_path(), fs::perms::owner_all, error);
  }
  fs::create_directory(path_, error);
  if (error) return fail_errno(path_.string(), error.value());
  return {};
}

Status ModelFolder::remove(std::string_view name) const {
  auto model = find(name);
  std::error_code error;
  // What a pull left that did not end has nothing else to remove it.
  const bool had_part = is_model_name(name) && fs::remove(beside(name, kPart), error);
  if (!model && !had_part) return std::unexpected(model.error());
  if (model) fs::remove(model->path, error);
  if (error) return fail_errno(file_of(name).string(), error.value());
  for (std::string_view ending : {kPartNote, kPinned, kOrigin}) {
    fs::remove(beside(name, ending), error);
  }
  return sync_path(path_, O_DIRECTORY);
}

}  // namespace lakeside::app
