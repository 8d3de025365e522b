// THE table of metrics. OSS's are the vendor's metering metrics (help.aliyun.com, document 31879);
// acs_lakeside has what every service counts.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace lakeside::cms::wire {

struct Namespace {
  std::string_view name;
  std::string_view description;
  std::string_view service;     // whose calls it counts; empty: of all
  std::string_view dimensions;  // "userId,BucketName"
};

enum class Quantity : std::uint8_t {
  kRequests,
  kReads,
  kWrites,
  kFailed,
  kReceived,
  kSent,
  kStoredBytes,
  kStoredObjects,
  kModelRequests,
  kPromptTokens,
  kCachedTokens,
  kCompletionTokens,
};

struct Metric {
  std::string_view name_space;
  std::string_view name;
  std::string_view unit;
  std::string_view description;
  Quantity quantity;
};

inline constexpr std::string_view kOssNamespace = "acs_oss_dashboard";
inline constexpr std::string_view kOwnNamespace = "acs_lakeside";

[[nodiscard]] std::span<const Namespace> namespaces();
[[nodiscard]] std::span<const Metric> metrics();
// Null: there is none.
[[nodiscard]] const Namespace* find_namespace(std::string_view name);
[[nodiscard]] const Metric* find_metric(std::string_view name_space, std::string_view name);

[[nodiscard]] constexpr bool is_stored(Quantity quantity) {
  return quantity == Quantity::kStoredBytes || quantity == Quantity::kStoredObjects;
}
// What models did: `resource` is a model, `accessKeyId` the id of a model key.
[[nodiscard]] constexpr bool is_of_models(Quantity quantity) {
  return quantity >= Quantity::kModelRequests;
}

}  // namespace lakeside::cms::wire
