// What KMS keeps, as it rests: JSON, so that members can be added; material is sealed in it.
// docs/formats/kms-records.md.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "services/kms/core/types.h"

namespace lakeside::kms {

[[nodiscard]] std::string encode(const Key& key);
[[nodiscard]] std::string encode(const Alias& alias);
[[nodiscard]] std::string encode(const Secret& secret);

// Errors: kCorrupt; kUnsupported (a later version).
Status decode(std::string_view record, Key& key);
Status decode(std::string_view record, Alias& alias);
Status decode(std::string_view record, Secret& secret);

}  // namespace lakeside::kms
