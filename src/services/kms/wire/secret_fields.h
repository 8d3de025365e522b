// What the operations of secrets have in common.
#pragma once

#include "services/kms/wire/fields.h"

namespace lakeside::kms::wire {

inline constexpr std::string_view kCurrent = "ACSCurrent";
inline constexpr std::string_view kPrevious = "ACSPrevious";

struct SecretData {
  std::string_view text;  // the request's
  bool binary;
};
[[nodiscard]] Read<SecretData> read_secret_data(const Parameters& in);
[[nodiscard]] Read<std::string> read_version_id(const Parameters& in, std::string_view parameter);
[[nodiscard]] std::optional<Fault> refuse_stage(std::string_view parameter, std::string_view stage);

// Adds a version with its value to a secret, encrypted with the secret's key where it has one.
// Faults: the key is not there or not enabled.
[[nodiscard]] std::optional<Fault> add_version(const Environment& env, const Invocation& in,
                                               Secret& secret, SecretVersion version,
                                               std::string_view data, Change& change);
[[nodiscard]] Task<Read<Wiped>> read_value(Environment& env, const Invocation& in,
                                           const Secret& secret, const SecretVersion& version);
// Takes a stage from whichever version has it and gives it to `to`, or to none. What was current
// becomes the previous one.
void move_stage(Secret& secret, std::string_view stage, std::string_view to);

[[nodiscard]] Value stages_of(const SecretVersion& version);  // {"VersionStage": […]}
[[nodiscard]] std::string_view type_of(const SecretVersion& version);

}  // namespace lakeside::kms::wire
