#include "engines/files/file_blob_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "engines/files/blob_folders.h"
#include "engines/files/blob_names.h"
#include "engines/files/blob_source.h"
#include "engines/files/blob_writer.h"
#include "engines/files/file_system.h"
#include "engines/files/open_blob.h"
#include "engines/folder.h"
#include "engines/validate.h"

namespace lakeside::engines {
namespace {

namespace fs = std::filesystem;

Error not_found(const BlobId& id) { return {ErrorCode::kNotFound, "blob " + id.value}; }

// Calls visit(entry) for each entry until it returns false; false then.
template <class Visit>
Result<bool> for_each_entry(const std::string& folder, const Visit& visit) {
  std::error_code error;
  fs::directory_iterator at(folder, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    Result<bool> go_on = visit(*at);
    if (!go_on || !*go_on) return go_on;
  }
  // Removed meanwhile, or a file that is not ours.
  if (error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory) {
    return true;
  }
  if (error) return fail_errno("list " + folder, error.value());
  return true;
}

// What is known of the file of a blob. A damaged one is listed too, so that it can be
// collected when nothing refers to it; verify() tells of the damage.
Result<BlobInfo> read_info(const std::string& path, const BlobId& id) {
  FileHandle file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd() < 0) return fail_errno("open " + path, errno);
  if (auto trailer = read_trailer(file.fd())) {
    return BlobInfo{id, trailer->length, trailer->created};
  }
  struct stat info;
  if (fstat(file.fd(), &info) != 0) return fail_errno("stat " + path, errno);
  return BlobInfo{id, static_cast<std::uint64_t>(info.st_size),
                  Time(std::chrono::seconds(info.st_mtime))};
}

class FileBlobStore final : public BlobStore {
 public:
  FileBlobStore(const FileBlobOptions& options, FileSystem& file_system)
      : file_system_(file_system),
        paths_(options.path),
        folders_(file_system, paths_),
        open_blobs_(options.open_blobs),
        writers_("blob-write", options.write_threads),
        readers_("blob-read", options.read_threads),
        writing_{file_system, paths_, folders_, writers_,
                 options.clock ? *options.clock : system_clock()} {}

  Task<Result<std::unique_ptr<BlobWriter>>> create(std::string_view group) override {
    if (auto valid = validate_group(group); !valid) co_return std::unexpected(valid.error());
    co_return co_await create_blob(writing_, group);
  }

  Task<Result<std::unique_ptr<SegmentSource>>> open(const BlobId& id, std::uint64_t offset,
                                                    std::uint64_t length) override {
    std::shared_ptr<OpenBlob> blob = open_blobs_.find(id);
    if (!blob) {
      auto open = [&] { return open_and_keep(id); };
      auto job = run_on(readers_, open);
      auto opened = co_await job;
      if (!opened) co_return std::unexpected(std::move(opened.error()));
      blob = std::move(*opened);
    }
    if (offset > blob->length() || length > blob->length() - offset) {
      co_return fail(ErrorCode::kInvalid, "range beyond the end of blob " + id.value);
    }
    co_return make_blob_source(std::move(blob), offset, length, readers_);
  }

  Task<Status> remove(const BlobId& id) override {
    auto name = parse_blob_id(id);
    if (!name) co_return Status{};
    auto remove = [&] {
      Status removed = file_system_.remove(paths_.file(*name));
      open_blobs_.remove(id);
      return removed;
    };
    auto job = run_on(writers_, remove);
    co_return co_await job;
  }

  Task<Status> list(const std::function<bool(const BlobInfo&)>& visit) override {
    auto list = [&] { return list_groups(visit); };
    auto job = run_on(readers_, list);
    auto listed = co_await job;
    if (!listed) co_return std::unexpected(std::move(listed.error()));
    co_return Status{};
  }

  // Piece by piece, so that other reads come between, and past the page cache: the disk is
  // what is to be verified.
  Task<Status> verify(const BlobId& id) override {
    Result<std::shared_ptr<OpenBlob>> blob = std::unexpected(not_found(id));
    auto open = [&] { blob = open_blob(id, true); };
    auto opening = run_on(readers_, open);
    co_await opening;
    if (!blob) co_return std::unexpected(std::move(blob.error()));
    const std::uint64_t length = (*blob)->length();
    for (std::uint64_t at = 0; at < length; at += kBlobPieceSize) {
      auto read = [&] { return (*blob)->read(at, std::min(kBlobPieceSize, length - at)); };
      auto job = run_on(readers_, read);
      auto chunk = co_await job;
      if (!chunk) co_return std::unexpected(std::move(chunk.error()));
    }
    co_return Status{};
  }

  // Removes the files of unfinished blobs.
  Status remove_leftovers() {
    auto removed = for_each_entry(
        paths_.temporary_folder(), [&](const fs::directory_entry& entry) -> Result<bool> {
          if (auto gone = file_system_.remove(entry.path().string()); !gone) {
            return std::unexpected(gone.error());
          }
          return true;
        });
    if (!removed) return std::unexpected(std::move(removed.error()));
    return {};
  }

 private:
  Result<std::shared_ptr<OpenBlob>> open_blob(const BlobId& id, bool direct) {
    auto name = parse_blob_id(id);
    if (!name) return std::unexpected(not_found(id));
    return OpenBlob::open(paths_.file(*name), *name, direct, writers_);
  }

  Result<std::shared_ptr<OpenBlob>> open_and_keep(const BlobId& id) {
    std::uint64_t removals = open_blobs_.removals();
    auto blob = open_blob(id, false);
    if (blob) open_blobs_.add(id, *blob, removals);
    return blob;
  }

  Result<bool> list_groups(const std::function<bool(const BlobInfo&)>& visit) {
    return for_each_entry(paths_.root(), [&](const fs::directory_entry& entry) -> Result<bool> {
      std::string group = entry.path().filename().string();
      if (!validate_group(group)) return true;  // TMP, lost+found
      return list_group(group, visit);
    });
  }

  Result<bool> list_group(const std::string& group,
                          const std::function<bool(const BlobInfo&)>& visit) {
    return for_each_entry(paths_.group_folder(group),
                          [&](const fs::directory_entry& entry) -> Result<bool> {
                            return list_folder(group, entry.path().string(), visit);
                          });
  }

  Result<bool> list_folder(const std::string& group, const std::string& folder,
                           const std::function<bool(const BlobInfo&)>& visit) {
    return for_each_entry(folder, [&](const fs::directory_entry& entry) -> Result<bool> {
      BlobId id{group + '/' + entry.path().filename().string()};
      if (!parse_blob_id(id)) return true;
      auto info = read_info(entry.path().string(), id);
      if (info) return visit(*info);
      if (info.error().code != ErrorCode::kNotFound) return std::unexpected(info.error());
      return true;
    });
  }

  FileSystem& file_system_;
  const BlobPaths paths_;
  BlobFolders folders_;
  OpenBlobs open_blobs_;
  ThreadPool writers_;
  ThreadPool readers_;  // after writers_: what it drops may be closed there
  BlobWriting writing_;
};

}  // namespace

Result<std::unique_ptr<BlobStore>> open_file_blob_store(const FileBlobOptions& options) {
  const BlobPaths paths(options.path);
  for (const std::string& folder : {paths.root(), paths.temporary_folder()}) {
    if (auto made = make_folder(folder); !made) return std::unexpected(made.error());
  }
  FileSystem& file_system = options.file_system ? *options.file_system : posix_file_system();
  auto store = std::make_unique<FileBlobStore>(options, file_system);
  if (auto removed = store->remove_leftovers(); !removed) return std::unexpected(removed.error());
  return store;
}

}  // namespace lakeside::engines
