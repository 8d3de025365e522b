// "oss://…" as requests name objects, and where clients may put some.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "services/modelstudio/core/model_keys.h"
#include "services/modelstudio/core/objects.h"

namespace lakeside::modelstudio {

// dashscope's SDK uploads to a folder that it is told, and makes "oss://FOLDER/NAME" of it, without
// a bucket (utils/oss_utils.py). No bucket can have this folder's name.
inline constexpr std::string_view kUploadsFolder = "modelstudio_uploads";

// A new folder in kStudioBucket for one upload: "modelstudio_uploads/WORKSPACE/RANDOM".
[[nodiscard]] std::string new_upload_folder(const std::string& workspace);

enum class UrlFault {
  kMalformed,  // not oss://bucket/key
  kForbidden,  // not the key's to reach
};

// The object that a URL names: one that was uploaded by its workspace, one of its workspace in
// kStudioBucket, or one in a bucket that the key may reach.
[[nodiscard]] std::expected<ObjectName, UrlFault> object_of_url(const ModelKey& key,
                                                                std::string_view url);

}  // namespace lakeside::modelstudio
