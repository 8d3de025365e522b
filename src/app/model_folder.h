// The model files of a data folder: DATA/models/NAME.gguf.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace lakeside::app {

struct ModelFile {
  std::string name;
  std::filesystem::path path;
  std::uint64_t bytes = 0;
  Time added;
  bool pinned = false;
};

// Where a model was fetched from, and the version of it: a SHA-256 or an ETag.
struct ModelOrigin {
  std::string source;
  std::string version;
  bool operator==(const ModelOrigin&) const = default;
};

// A server that runs on the folder sees changes at once. Errors: kInvalid (a name or file that
// cannot be one), kNotFound, kNoSpace, kIo; the detail is fit for the person at the terminal.
class ModelFolder {
 public:
  // DATA's, which need not exist yet.
  explicit ModelFolder(const std::filesystem::path& data) : path_(data / "models") {}
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  // In the order of their names.
  [[nodiscard]] std::vector<ModelFile> list() const;
  [[nodiscard]] Result<ModelFile> find(std::string_view name) const;
  // Copies a GGUF file in, durable before it appears; replaces one of that name.
  [[nodiscard]] Status import(const std::filesystem::path& file, std::string_view name) const;
  [[nodiscard]] Status remove(std::string_view name) const;

  // Whether the model, once loaded, stays so. Errors: kNotFound, kIo.
  [[nodiscard]] Status pin(std::string_view name, bool pinned) const;

  // For who makes a model file piece by piece: beside its destination, so on the same disk.
  [[nodiscard]] Result<std::filesystem::path> part_of(std::string_view name) const;
  // What is there of a model that is not whole, and nobody goes on with.
  void remove_part(std::string_view name) const;
  [[nodiscard]] Result<std::uint64_t> free_bytes() const;
  // The finished part becomes the model: its header is checked, then it is durable before it
  // appears. Errors: kInvalid for what is no model, kIo; the part is left.
  [[nodiscard]] Status publish(const std::filesystem::path& part, std::string_view name,
                               const std::optional<ModelOrigin>& origin) const;
  // Nothing for a model that is not there, or that somebody brought.
  [[nodiscard]] std::optional<ModelOrigin> origin(std::string_view name) const;

 private:
  [[nodiscard]] std::filesystem::path file_of(std::string_view name) const;
  [[nodiscard]] std::filesystem::path beside(std::string_view name, std::string_view ending) const;
  [[nodiscard]] Status make_folders() const;

  std::filesystem::path path_;
};

// Letters, digits and "._-:", at most 128, not beginning with a dot.
[[nodiscard]] bool is_model_name(std::string_view name);
// "SmolLM2-135M-Instruct.Q4_1" of "…/SmolLM2-135M-Instruct.Q4_1.gguf".
[[nodiscard]] std::string default_model_name(const std::filesystem::path& file);

}  // namespace lakeside::app
