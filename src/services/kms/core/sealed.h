// Where the store's records are, and for what their sealed parts are sealed.
// docs/formats/kms-records.md.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "engines/kv.h"
#include "services/kms/core/types.h"
#include "services/kms/core/wiped.h"

namespace lakeside::kms {

// One partition for all accounts, whose ids are in the keys: accounts come and go.
[[nodiscard]] inline const engines::Partition& partition() {
  static const engines::Partition name{"kms"};
  return name;
}

inline constexpr std::string_view kMarkKey = "sealing";
inline constexpr std::string_view kValuePrefix = "value/";  // behind all: loading stops there

// What was sealed for one version opens for no other.
[[nodiscard]] inline std::string context_of(const Key& key, std::string_view version_id) {
  return "kms-key/" + key.account + "/" + key.id + "/" + std::string(version_id);
}
[[nodiscard]] inline std::string print_context(const Key& key) {
  return "kms-print/" + key.account + "/" + key.id;
}
// Of the value that rests under this key.
[[nodiscard]] inline std::string value_context(std::string_view key) {
  return "kms-secret/" + std::string(key.substr(kValuePrefix.size()));
}

[[nodiscard]] inline Result<Wiped> wiped(Result<std::string> opened) {
  if (!opened) return std::unexpected(std::move(opened.error()));
  return Wiped::taken(std::move(*opened));
}

}  // namespace lakeside::kms
