#include "services/modelstudio/core/object_url.h"

#include "base/crypto.h"

namespace lakeside::modelstudio {
namespace {

// All that the APIs keep stands below "FOLDER/WORKSPACE/".
bool is_of_workspace(std::string_view key, std::string_view workspace) {
  std::size_t slash = key.find('/');
  if (slash == std::string_view::npos) return false;
  key.remove_prefix(slash + 1);
  return key.size() > workspace.size() + 1 && key.starts_with(workspace) &&
         key[workspace.size()] == '/';
}

}  // namespace

std::string new_upload_folder(const std::string& workspace) {
  return std::string(kUploadsFolder) + "/" + workspace + "/" + random_alphanumeric(24);
}

std::expected<ObjectName, UrlFault> object_of_url(const ModelKey& key, std::string_view url) {
  constexpr std::string_view kScheme = "oss://";
  if (!url.starts_with(kScheme)) return std::unexpected(UrlFault::kMalformed);
  url.remove_prefix(kScheme.size());
  std::size_t slash = url.find('/');
  if (slash == 0 || slash == std::string_view::npos || slash + 1 == url.size()) {
    return std::unexpected(UrlFault::kMalformed);
  }
  std::string_view bucket = url.substr(0, slash);
  std::string_view object = url.substr(slash + 1);
  if (bucket == kUploadsFolder) {
    bucket = kStudioBucket;
    object = url;
  }
  bool allowed = bucket == kStudioBucket ? is_of_workspace(object, key.settings.workspace)
                                         : may_reach(key, bucket);
  if (!allowed) return std::unexpected(UrlFault::kForbidden);
  return ObjectName{std::string(bucket), std::string(object)};
}

}  // namespace lakeside::modelstudio
