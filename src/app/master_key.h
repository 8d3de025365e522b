// The key under which secrets rest, which is kept outside the database.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"
#include "base/seal.h"

namespace lakeside::app {

using MasterKeyEnvironment = std::function<const char*(const std::string&)>;

// A key of 64 hex digits and those before it, apart by line ends, blanks or commas: from
// LAKESIDE_MASTER_KEY, the file that LAKESIDE_MASTER_KEY_FILE names, systemd's credential
// "lakeside-master-key", or `file`, which is made with mode 0600 where it is not there.
// Errors, fit for the person who started us: kInvalid (no key, or a file that others may read),
// kIo.
[[nodiscard]] Result<SealingKeys> load_or_make_master_keys(const std::filesystem::path& file,
                                                           const MasterKeyEnvironment& environment);

inline constexpr std::size_t kMostMasterKeys = 8;

// Puts a new key before those of the file. Errors: kInvalid (kMostMasterKeys are there), and as
// above.
Status add_master_key(const std::filesystem::path& file);

}  // namespace lakeside::app
