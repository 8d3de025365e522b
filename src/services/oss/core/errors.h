// Everything that can go wrong in object storage: the closed list of both dialects.
// wire/ maps each to its code, status and EC; the domain only names it.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace lakeside::oss {

enum class Errc {
  kAccessDenied,
  kBadDigest,                // S3 checksum, or Content-MD5 in the S3 dialect
  kBucketAlreadyExists,      // owned by another account
  kBucketAlreadyOwnedByYou,  // S3 alone reports it; OSS answers success
  kBucketNotEmpty,
  kEntityTooLarge,
  kEntityTooSmall,     // a part below the minimum, at complete
  kFileAlreadyExists,  // x-oss-forbid-overwrite
  kFileImmutable,
  kIncompleteBody,
  kInternalError,
  kInvalidArgument,
  kInvalidBucketName,
  kInvalidDigest,  // Content-MD5 malformed, or wrong in the OSS dialect
  kInvalidObjectName,
  kInvalidPart,
  kInvalidPartOrder,
  kInvalidPolicyDocument,
  kInvalidRange,
  kInvalidRequest,
  kInvalidStorageClass,
  kInvalidTargetType,  // e.g. append to what is not appendable goes to ObjectNotAppendable
  kKeyTooLong,
  kMalformedXml,
  kMetadataTooLarge,
  kMethodNotAllowed,
  kMissingContentLength,
  kNoSuchBucket,
  kNoSuchBucketPolicy,
  kNoSuchKey,
  kNoSuchPublicAccessBlock,  // S3 alone
  kNoSuchUpload,
  kNotImplemented,
  kNotModified,  // a conditional read: 304
  kObjectNotAppendable,
  kOperationNotSupported,
  kPositionNotEqualToLength,  // carries next_position
  kPreconditionFailed,
  kPublicAccessBlocked,  // a public ACL or policy is not to be set
  kRequestTimeout,
  kServiceUnavailable,  // storage full or shutting down: try again later
  kTooManyBuckets,
  kUserDisabled,  // the bucket's owner may not use the service any more
};

struct ObjectInfo;

// Why access was denied, for the client (OSS: AccessDeniedDetail) and for the log.
struct Denial {
  enum class By : std::uint8_t {
    kNobody,  // no policy and no access list allows it
    kSessionPolicy,
    kIdentityPolicy,  // explicitly, as the next two
    kBucketPolicy,
    kBothPolicies,
  };
  By by = By::kNobody;
  bool one_of_many = false;  // of the keys of one request
  std::string principal;     // "acs:ram::ACCOUNT:user/NAME"
  std::string action;
  std::string resource;
  std::string why;
  std::vector<std::pair<std::string, std::string>> detail;  // empty for anonymous callers
};

struct OssError {
  Errc code;
  std::string message;  // for the client; empty: the code's standard text
  // Further elements of the error document: {"ArgumentName", "position"}…
  std::vector<std::pair<std::string, std::string>> details;
  std::string internal;  // for the log, never for the client
  // kNotModified: the object as it is, because a 304 carries its validators.
  std::shared_ptr<const ObjectInfo> object = {};
  std::shared_ptr<const Denial> denial = {};  // kAccessDenied, where authorisation decided
};

template <class T>
using OssResult = std::expected<T, OssError>;
using OssStatus = OssResult<void>;

[[nodiscard]] inline std::unexpected<OssError> fail(Errc code, std::string message = {}) {
  return std::unexpected(OssError{code, std::move(message), {}, {}});
}

// An engine's or a body's failure as the service reports it: kNoSpace and kUnavailable →
// kServiceUnavailable, kDisconnected → kIncompleteBody, kTimeout → kRequestTimeout, kTooLarge →
// kEntityTooLarge, kInvalid → kInvalidRequest, all else → kInternalError.
[[nodiscard]] std::unexpected<OssError> from_engine(Error error);

}  // namespace lakeside::oss
