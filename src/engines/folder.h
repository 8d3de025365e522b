// Folders that survive a power cut.
#pragma once

#include <string>

#include "base/result.h"

namespace lakeside::engines {

// Makes the folder and the missing ones above it, and syncs the entry of each one made.
[[nodiscard]] Status make_folder(const std::string& path);

// Syncs the entries of a folder.
[[nodiscard]] Status sync_folder(const std::string& path);

}  // namespace lakeside::engines
