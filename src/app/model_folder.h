// The model files of a data folder: DATA/models/NAME.gguf.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
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
};

// A server that runs on the folder sees changes at once. Errors: kInvalid (a name or file that
// cannot be one), kNotFound, kNoSpace, kIo; the detail is fit for the person at the terminal.
class ModelFolder {
 public:
  // DATA's, which need not exist yet.
  explicit ModelFolder(const std::filesystem::path& data) : path_(data / "models") {}

  // In the order of their names.
  [[nodiscard]] std::vector<ModelFile> list() const;
  [[nodiscard]] Result<ModelFile> find(std::string_view name) const;
  // Copies a GGUF file in, durable before it appears; replaces one of that name.
  [[nodiscard]] Status import(const std::filesystem::path& file, std::string_view name) const;
  [[nodiscard]] Status remove(std::string_view name) const;

 private:
  [[nodiscard]] std::filesystem::path file_of(std::string_view name) const;
  [[nodiscard]] Status make_folders() const;

  std::filesystem::path path_;
};

// Letters, digits and "._-:", at most 128, not beginning with a dot.
[[nodiscard]] bool is_model_name(std::string_view name);
// "SmolLM2-135M-Instruct.Q4_1" of "…/SmolLM2-135M-Instruct.Q4_1.gguf".
[[nodiscard]] std::string default_model_name(const std::filesystem::path& file);

}  // namespace lakeside::app
