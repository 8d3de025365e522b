#include "engines/files/blob_folders.h"

#include <utility>

namespace lakeside::engines {
namespace {

// Forgetting costs only another sync.
constexpr std::size_t kMostGroups = 4096;

}  // namespace

Status BlobFolders::ensure(const BlobName& name) {
  auto number = std::to_integer<std::size_t>(name.unique[0]);
  std::lock_guard lock(mutex_);
  auto group = durable_.find(name.group);
  if (group != durable_.end() && group->second[number]) return {};
  if (group == durable_.end()) {
    if (auto made = make_group(name.group); !made) return made;
    if (durable_.size() >= kMostGroups) durable_.clear();
    group = durable_.try_emplace(name.group).first;
  }
  if (auto made = file_system_.make_folder(paths_.folder(name)); !made) return made;
  if (auto synced = file_system_.sync_folder(paths_.group_folder(name.group)); !synced) {
    return synced;
  }
  group->second.set(number);
  return {};
}

Status BlobFolders::make_group(const std::string& group) {
  if (auto made = file_system_.make_folder(paths_.group_folder(group)); !made) return made;
  return file_system_.sync_folder(paths_.root());
}

}  // namespace lakeside::engines
