// What the operations of keys have in common.
#pragma once

#include "services/kms/wire/fields.h"

namespace lakeside::kms::wire {

// KeyMetadata.
[[nodiscard]] Value json_of(const Environment& env, const Invocation& in, const Key& key);
// RotationInterval, for a key that shall be rotated.
[[nodiscard]] std::optional<Fault> read_rotation(const Parameters& in, Key& key);
// What SetDeletionProtection means.
[[nodiscard]] Read<KeyPtr> protected_key(const Environment& env, const Invocation& in);

}  // namespace lakeside::kms::wire
