// What uploads and their parts are on disk: docs/formats/model-uploads.md.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "services/modelstudio/core/upload_store.h"

namespace lakeside::modelstudio {

[[nodiscard]] std::string encode_upload(const Upload& upload);
// Errors: kCorrupt.
[[nodiscard]] Result<Upload> decode_upload(std::string_view record);

// Without the id, which the key has.
[[nodiscard]] std::string encode_part(const UploadPart& part);
[[nodiscard]] Result<UploadPart> decode_part(std::string_view record);

}  // namespace lakeside::modelstudio
