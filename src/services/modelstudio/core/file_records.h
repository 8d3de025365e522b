// A file as it rests (docs/formats/model-files.md): JSON, so that fields can be added.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "services/modelstudio/core/file_store.h"

namespace lakeside::modelstudio {

[[nodiscard]] std::string encode_file(const StoredFile& file);
// Errors: kCorrupt.
[[nodiscard]] Result<StoredFile> decode_file(std::string_view record);

}  // namespace lakeside::modelstudio
