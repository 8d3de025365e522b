// The forms with which clients bring files: their data goes into objects as it comes, so that a
// file may stand before the fields that describe it (openai's npm package sends it first).
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/modelstudio/wire/files.h"

namespace lakeside::modelstudio::wire {

struct FileForm {
  std::vector<std::pair<std::string, std::string>> fields;  // in their order
  std::vector<StoredFile> files;                            // uploaded, not published

  // The first of that name.
  [[nodiscard]] const std::string* find(std::string_view name) const;
};

// What a dialect's form looks like.
struct FormRules {
  std::string_view file_field;
  std::size_t max_files;
};

// Reads the call's body to its end. Where it fails, nothing is left.
[[nodiscard]] Task<std::expected<FileForm, WireError>> read_file_form(StudioCall& call,
                                                                      FormRules rules);
// Makes all its files visible, or none.
[[nodiscard]] Task<std::expected<void, WireError>> publish(StudioCall& call, const FileForm& form);
// For a form whose fields make no sense.
[[nodiscard]] Task<void> discard(StudioCall& call, const FileForm& form);

}  // namespace lakeside::modelstudio::wire
