// The folder in which one Lakeside keeps everything, and the account that was made with it.
#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"

namespace lakeside::app {

// Layout: VERSION, lock, root-key.json, kv/, blobs/, models/ — docs/formats/data-folder.md.
class DataFolder {
 public:
  // Makes the folder if it is not there, locks it for this process and checks its version.
  // Errors (the detail is fit for the person who started us): kUnavailable (another process
  // has it), kUnsupported (written by a newer version, or not a data folder), kIo.
  [[nodiscard]] static Result<std::unique_ptr<DataFolder>> open(std::filesystem::path path);
  // As open, in a new temporary folder that the destructor removes.
  [[nodiscard]] static Result<std::unique_ptr<DataFolder>> make_temporary();
  ~DataFolder();
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path kv() const { return path_ / "kv"; }
  [[nodiscard]] std::filesystem::path blobs() const { return path_ / "blobs"; }
  [[nodiscard]] std::filesystem::path root_key() const { return path_ / "root-key.json"; }

 private:
  DataFolder(std::filesystem::path path, int lock_fd) : path_(std::move(path)), lock_fd_(lock_fd) {}

  std::filesystem::path path_;
  int lock_fd_;
  bool temporary_ = false;
};

// $XDG_DATA_HOME/lakeside, else ~/.local/share/lakeside.
[[nodiscard]] std::filesystem::path default_data_folder();

struct RootKey {
  std::string account_id;  // 16 digits
  std::string access_key_id;
  std::string access_key_secret;
  bool is_new = false;  // made just now
};

// The key with which this user's clients call models, "sk-…": it follows from the root key, so that
// `lakeside env` knows it without its being kept anywhere.
[[nodiscard]] std::string local_model_key(std::string_view access_key_secret);

// Reads the key file, or makes account and key and writes it with mode 0600. A key given here
// replaces the file's, for this run only; the account stays.
[[nodiscard]] Result<RootKey> load_or_make_root_key(const std::filesystem::path& file,
                                                    const std::string& access_key_id,
                                                    const std::string& access_key_secret);

// Writes a file whole or not at all, durable, readable by its owner alone.
[[nodiscard]] Status write_private_file(const std::filesystem::path& file, std::string_view text);
[[nodiscard]] Result<std::string> read_small_file(const std::filesystem::path& file);

}  // namespace lakeside::app
