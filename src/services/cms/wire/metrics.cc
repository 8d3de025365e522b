#include "services/cms/wire/metrics.h"

namespace lakeside::cms::wire {
namespace {

constexpr Namespace kNamespaces[] = {
    {kOssNamespace, "Object Storage Service", "oss", "userId,BucketName"},
    {kOwnNamespace, "All services of this cloud", "",
     "userId,service,resource,accessKeyId,callerId"},
};

// Namespace, name, unit, description, quantity.
constexpr Metric kMetrics[] = {
    {kOssNamespace, "MeteringGetRequest", "count", "GET requests", Quantity::kReads},
    {kOssNamespace, "MeteringPutRequest", "count", "PUT requests", Quantity::kWrites},
    {kOssNamespace, "MeteringInternetRX", "byte", "Internet inbound traffic", Quantity::kReceived},
    {kOssNamespace, "MeteringInternetTX", "byte", "Internet outbound traffic", Quantity::kSent},
    {kOssNamespace, "MeteringStorageUtilization", "byte", "Storage size", Quantity::kStoredBytes},
    {kOwnNamespace, "Requests", "count", "Requests", Quantity::kRequests},
    {kOwnNamespace, "ReadRequests", "count", "Requests that change nothing", Quantity::kReads},
    {kOwnNamespace, "WriteRequests", "count", "Requests that may change something",
     Quantity::kWrites},
    {kOwnNamespace, "FailedRequests", "count", "Requests answered with an error",
     Quantity::kFailed},
    {kOwnNamespace, "BytesReceived", "byte", "Bytes of requests", Quantity::kReceived},
    {kOwnNamespace, "BytesSent", "byte", "Bytes of answers", Quantity::kSent},
    {kOwnNamespace, "BytesStored", "byte", "Bytes in buckets", Quantity::kStoredBytes},
    {kOwnNamespace, "ObjectsStored", "count", "Objects in buckets", Quantity::kStoredObjects},
    {kOwnNamespace, "ModelRequests", "count", "Calls of models", Quantity::kModelRequests},
    {kOwnNamespace, "PromptTokens", "count", "Tokens of prompts", Quantity::kPromptTokens},
    {kOwnNamespace, "CachedTokens", "count", "Tokens of prompts that were not computed again",
     Quantity::kCachedTokens},
    {kOwnNamespace, "CompletionTokens", "count", "Tokens of answers", Quantity::kCompletionTokens},
};

}  // namespace

std::span<const Namespace> namespaces() { return kNamespaces; }
std::span<const Metric> metrics() { return kMetrics; }

const Namespace* find_namespace(std::string_view name) {
  for (const Namespace& one : kNamespaces) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

const Metric* find_metric(std::string_view name_space, std::string_view name) {
  for (const Metric& metric : kMetrics) {
    if (metric.name_space == name_space && metric.name == name) return &metric;
  }
  return nullptr;
}

}  // namespace lakeside::cms::wire
