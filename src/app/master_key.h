// The key under which secrets rest, which is kept outside the database.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"
#include "base/seal.h"

namespace lakeside::app {

// From LAKESIDE_MASTER_KEY (64 hex digits), the file that LAKESIDE_MASTER_KEY_FILE names, systemd's
// credential "lakeside-master-key", or `file`, which is made with mode 0600 where it is not there.
// Errors, fit for the person who started us: kInvalid (no key, or a file that others may read),
// kIo.
[[nodiscard]] Result<SealingKey> load_or_make_master_key(
    const std::filesystem::path& file,
    const std::function<const char*(const std::string&)>& environment);

}  // namespace lakeside::app
