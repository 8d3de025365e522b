#include "engines/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace lakeside::engines {
namespace {

// "." for a name without a slash, "/" for one at the root.
std::string parent_of(const std::string& path) {
  std::size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Status make_one(const std::string& path) {
  if (mkdir(path.c_str(), 0700) == 0) return sync_folder(parent_of(path));
  if (errno != EEXIST) return fail_errno("mkdir " + path, errno);
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return fail_errno("stat " + path, errno);
  if (!S_ISDIR(info.st_mode)) return fail(ErrorCode::kInvalid, path + " is not a folder");
  return {};
}

}  // namespace

Status make_folder(const std::string& path) {
  std::string clean = path;
  while (clean.size() > 1 && clean.back() == '/') clean.pop_back();
  if (access(clean.c_str(), F_OK) != 0 && parent_of(clean) != clean) {
    if (auto made = make_folder(parent_of(clean)); !made) return made;
  }
  return make_one(clean);
}

Status sync_folder(const std::string& path) {
  int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return fail_errno("open " + path, errno);
  int result = fsync(fd);
  int error_number = errno;
  close(fd);
  if (result != 0) return fail_errno("fsync " + path, error_number);
  return {};
}

}  // namespace lakeside::engines
