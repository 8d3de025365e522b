#include "app/model_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "base/crypto.h"

namespace lakeside::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExtension = ".gguf";
constexpr std::size_t kMaxName = 128;

bool has_magic(const fs::path& file) {
  std::array<char, 4> magic{};
  std::ifstream in(file, std::ios::binary);
  return in.read(magic.data(), magic.size()) && std::string_view(magic.data(), 4) == "GGUF";
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

fs::path ModelFolder::file_of(std::string_view name) const {
  return path_ / (std::string(name) + std::string(kExtension));
}

std::vector<ModelFile> ModelFolder::list() const {
  std::vector<ModelFile> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path_, error)) {
    const fs::path& path = entry.path();
    std::string name = path.stem().string();
    if (path.extension() != kExtension || !is_model_name(name)) continue;
    std::uint64_t bytes = entry.file_size(error);
    if (!error) found.push_back({std::move(name), path, bytes, time_of(entry)});
  }
  std::ranges::sort(found, {}, &ModelFile::name);
  return found;
}

Result<ModelFile> ModelFolder::find(std::string_view name) const {
  if (is_model_name(name)) {
    std::error_code error;
    fs::directory_entry entry(file_of(name), error);
    if (!error && entry.is_regular_file(error)) {
      return ModelFile{std::string(name), entry.path(), entry.file_size(error), time_of(entry)};
    }
  }
  return fail(ErrorCode::kNotFound, "there is no model " + std::string(name));
}

Status ModelFolder::import(const fs::path& file, std::string_view name) const {
  if (!is_model_name(name)) {
    return fail(ErrorCode::kInvalid, "\"" + std::string(name) +
                                         "\" cannot be a model's name: letters, digits and ._-: "
                                         "only, at most 128");
  }
  std::error_code error;
  if (!fs::is_regular_file(file, error)) {
    return fail(ErrorCode::kNotFound, file.string() + " is not a file");
  }
  if (!has_magic(file)) return fail(ErrorCode::kInvalid, file.string() + " is not a GGUF file");
  if (auto made = make_folders(); !made) return made;

  fs::path part = path_ / (".import-" + random_hex_upper(8));
  fs::copy_file(file, part, error);
  Status done = error ? Status(fail_errno(part.string(), error.value())) : sync_path(part, 0);
  if (done) {
    fs::rename(part, file_of(name), error);
    if (error) done = fail_errno(file_of(name).string(), error.value());
  }
  if (done) return sync_path(path_, O_DIRECTORY);
  fs::remove(part, error);
  return done;
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
  if (!model) return std::unexpected(model.error());
  std::error_code error;
  fs::remove(model->path, error);
  if (error) return fail_errno(model->path.string(), error.value());
  return sync_path(path_, O_DIRECTORY);
}

}  // namespace lakeside::app
