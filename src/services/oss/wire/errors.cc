#include "services/oss/wire/errors.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "base/encoding.h"
#include "base/log.h"
#include "base/xml.h"
#include "gateway/pipeline/denial_log.h"
#include "services/oss/wire/call.h"
#include "services/oss/wire/documents.h"

namespace lakeside::oss::wire {
namespace {

struct Said {
  int status;
  std::string_view code;
  std::string_view message;
};
struct ErrorRow {
  Errc errc;
  Said oss;
  std::string_view ec;
  Said s3;
};

// Statuses and texts: protocols.md §2 (from the SDKs' own tests) and the vendors' error pages.
// The ECs are those that were seen; an EC that nobody has seen is not made up.
constexpr ErrorRow kErrors[] = {
    {Errc::kAccessDenied,
     {403, "AccessDenied", "You have no right to access this object because of bucket acl."},
     "0003-00000001",
     {403, "AccessDenied", "Access Denied"}},
    {Errc::kBadDigest,
     {400, "InvalidDigest", "The Content-MD5 you specified did not match what we received."},
     "",
     {400, "BadDigest",
      "The Content-MD5 or checksum value that you specified did not match what "
      "the server received."}},
    {Errc::kBucketAlreadyExists,
     {409, "BucketAlreadyExists",
      "The requested bucket name is not available. The bucket namespace is shared by all users of "
      "the system. Please select a different name and try again."},
     "0015-00000104",
     {409, "BucketAlreadyExists",
      "The requested bucket name is not available. The bucket namespace is shared by all users of "
      "the system. Please select a different name and try again."}},
    {Errc::kBucketAlreadyOwnedByYou,
     {409, "BucketAlreadyExists", "The bucket you requested already exists and belongs to you."},
     "0015-00000104",
     {409, "BucketAlreadyOwnedByYou",
      "Your previous request to create the named bucket succeeded and you already own it."}},
    {Errc::kBucketNotEmpty,
     {409, "BucketNotEmpty", "The bucket has objects. Please delete them first."},
     "0015-00000301",
     {409, "BucketNotEmpty", "The bucket you tried to delete is not empty"}},
    {Errc::kEntityTooLarge,
     {400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size."},
     "",
     {400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"}},
    {Errc::kEntityTooSmall,
     {400, "EntityTooSmall", "Your proposed upload smaller than the minimum allowed size."},
     "",
     {400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"}},
    {Errc::kFileAlreadyExists,
     {409, "FileAlreadyExists",
      "The object you specified already exists and can not be overwritten."},
     "",
     {412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold"}},
    {Errc::kFileImmutable,
     {409, "FileImmutable", "The object you specified is immutable."},
     "",
     {403, "AccessDenied", "Access Denied because object protected by object lock."}},
    {Errc::kIncompleteBody,
     {400, "IncompleteBody",
      "You did not provide the number of bytes specified by the "
      "Content-Length HTTP header."},
     "",
     {400, "IncompleteBody",
      "You did not provide the number of bytes specified by the Content-Length HTTP header"}},
    {Errc::kInternalError,
     {500, "InternalError", "We encountered an internal error. Please try again."},
     "",
     {500, "InternalError", "We encountered an internal error. Please try again."}},
    {Errc::kInvalidArgument,
     {400, "InvalidArgument", "The argument is invalid."},
     "",
     {400, "InvalidArgument", "Invalid Argument"}},
    {Errc::kInvalidBucketName,
     {400, "InvalidBucketName", "The specified bucket is not valid."},
     "",
     {400, "InvalidBucketName", "The specified bucket is not valid."}},
    {Errc::kInvalidDigest,
     {400, "InvalidDigest", "The Content-MD5 you specified is not valid."},
     "",
     {400, "InvalidDigest", "The Content-MD5 you specified was invalid."}},
    {Errc::kInvalidObjectName,
     {400, "InvalidObjectName", "The specified object is not valid."},
     "",
     {400, "InvalidArgument", "The specified key is not valid."}},
    {Errc::kInvalidPart,
     {400, "InvalidPart",
      "One or more of the specified parts could not be found or the specified "
      "entity tag might not have matched the part's entity tag."},
     "",
     {400, "InvalidPart",
      "One or more of the specified parts could not be found.  The part may not have been "
      "uploaded, "
      "or the specified entity tag may not match the part's entity tag."}},
    {Errc::kInvalidPartOrder,
     {400, "InvalidPartOrder",
      "The list of parts was not in ascending order. Parts list must "
      "specified in order by part number."},
     "",
     {400, "InvalidPartOrder",
      "The list of parts was not in ascending order. Parts must be ordered by part number."}},
    {Errc::kInvalidPolicyDocument,
     {400, "InvalidPolicyDocument", "The policy is invalid."},
     "0030-00000005",
     {400, "MalformedPolicy", "This policy contains invalid Json"}},
    {Errc::kInvalidRange,
     {416, "InvalidRange", "The requested range cannot be satisfied."},
     "",
     {416, "InvalidRange", "The requested range is not satisfiable"}},
    {Errc::kInvalidRequest,
     {400, "InvalidRequest", "The request is invalid."},
     "",
     {400, "InvalidRequest", "Invalid Request"}},
    {Errc::kInvalidStorageClass,
     {400, "InvalidArgument", "The storage class you specified is invalid."},
     "",
     {400, "InvalidStorageClass", "The storage class you specified is not valid"}},
    {Errc::kInvalidTargetType,
     {400, "InvalidTargetType", "The target type is invalid."},
     "",
     {400, "InvalidRequest", "The target type is invalid."}},
    {Errc::kKeyTooLong,
     {400, "InvalidObjectName", "The length of object name must be less than 1024."},
     "",
     {400, "KeyTooLongError", "Your key is too long"}},
    {Errc::kMalformedXml,
     {400, "MalformedXML",
      "The XML you provided was not well-formed or did not validate against our published schema."},
     "0016-00000608",
     {400, "MalformedXML",
      "The XML you provided was not well-formed or did not validate against our published schema"}},
    {Errc::kMetadataTooLarge,
     {400, "InvalidArgument", "The total size of user metadata exceeds the maximum allowed size."},
     "",
     {400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size"}},
    {Errc::kMethodNotAllowed,
     {405, "MethodNotAllowed", "The specified method is not allowed against this resource."},
     "",
     {405, "MethodNotAllowed", "The specified method is not allowed against this resource."}},
    {Errc::kMissingContentLength,
     {411, "MissingContentLength", "You must provide the Content-Length HTTP header."},
     "",
     {411, "MissingContentLength", "You must provide the Content-Length HTTP header."}},
    {Errc::kNoSuchBucket,
     {404, "NoSuchBucket", "The specified bucket does not exist."},
     "0015-00000101",
     {404, "NoSuchBucket", "The specified bucket does not exist"}},
    {Errc::kNoSuchBucketPolicy,
     {404, "NoSuchBucketPolicy", "The bucket policy does not exist."},
     "0030-00000006",
     {404, "NoSuchBucketPolicy", "The bucket policy does not exist"}},
    {Errc::kNoSuchKey,
     {404, "NoSuchKey", "The specified key does not exist."},
     "0026-00000001",
     {404, "NoSuchKey", "The specified key does not exist."}},
    {Errc::kNoSuchPublicAccessBlock,
     {404, "NoSuchPublicAccessBlockConfiguration",
      "The public access block configuration was not found."},
     "",
     {404, "NoSuchPublicAccessBlockConfiguration",
      "The public access block configuration was not found"}},
    {Errc::kNoSuchUpload,
     {404, "NoSuchUpload",
      "The specified upload does not exist. The upload ID may be invalid, or the upload may have "
      "been aborted or completed."},
     "0042-00000002",
     {404, "NoSuchUpload",
      "The specified upload does not exist. The upload ID may be invalid, or the upload may have "
      "been aborted or completed."}},
    // OSS: 400, help "oss-error-response"; S3: 501.
    {Errc::kNotImplemented,
     {400, "NotImplemented",
      "A header you provided implies functionality that is not implemented."},
     "",
     {501, "NotImplemented",
      "A header you provided implies functionality that is not implemented"}},
    {Errc::kNotModified,
     {304, "NotModified", "Not Modified"},
     "",
     {304, "NotModified", "Not Modified"}},
    {Errc::kObjectNotAppendable,
     {409, "ObjectNotAppendable", "The object is not appendable"},
     "",
     {400, "InvalidRequest", "The object is not appendable"}},
    {Errc::kOperationNotSupported,
     {400, "OperationNotSupported", "The operation is not supported for this resource"},
     "0016-00000702",
     {400, "InvalidRequest", "The operation is not supported for this resource"}},
    {Errc::kPositionNotEqualToLength,
     {409, "PositionNotEqualToLength", "Position is not equal to file length"},
     "0026-00000016",
     {400, "InvalidWriteOffset",
      "The write offset value that you specified does not match the "
      "current object size."}},
    {Errc::kPreconditionFailed,
     {412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold."},
     "",
     {412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold"}},
    {Errc::kPublicAccessBlocked,
     {403, "AccessDenied", "Put public acl is not allowed"},
     "",
     {403, "AccessDenied", "Access Denied"}},
    {Errc::kRequestTimeout,
     {400, "RequestTimeout",
      "Your socket connection to the server was not read from or written to within the timeout "
      "period."},
     "",
     {400, "RequestTimeout",
      "Your socket connection to the server was not read from or written to within the timeout "
      "period. Idle connections will be closed."}},
    {Errc::kServiceUnavailable,
     {503, "ServiceUnavailable", "Please reduce your request rate."},
     "",
     {503, "ServiceUnavailable", "Service is unable to handle request."}},
    {Errc::kTooManyBuckets,
     {400, "TooManyBuckets", "You have attempted to create more buckets than allowed."},
     "",
     {400, "TooManyBuckets", "You have attempted to create more buckets than allowed"}},
    {Errc::kUserDisabled,
     {403, "UserDisable", "UserDisable"},
     "0003-00000801",
     {403, "AllAccessDisabled", "All access to this Amazon S3 resource has been disabled."}},
};

// A detail of kPositionNotEqualToLength. It travels as a header, which oss2 reads unguarded.
constexpr std::string_view kNextPosition = "next-append-position";

const ErrorRow& row_of(Errc errc) {
  const auto* found = std::ranges::find(kErrors, errc, &ErrorRow::errc);
  if (found != std::end(kErrors)) return *found;
  return *std::ranges::find(kErrors, Errc::kInternalError, &ErrorRow::errc);
}

void take_details(WireError& wire,
                  const std::vector<std::pair<std::string, std::string>>& details) {
  for (const auto& [name, value] : details) {
    if (name == "Code") {
      wire.code = value;
    } else if (name == "EC") {
      wire.ec = value;
    } else if (name == "Status") {
      std::from_chars(value.data(), value.data() + value.size(), wire.status);
    } else {
      wire.details.emplace_back(name, value);
    }
  }
}

std::string hex_pairs(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() * 3);
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (!out.empty()) out += ' ';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

// ---- authentication --------------------------------------------------------------------

std::string oss_time(Time time) { return format_iso8601_millis(time); }

std::string_view request_time(const http::RequestHead& head) {
  for (std::string_view name : {"x-oss-date", "x-amz-date", "Date"}) {
    if (auto value = head.header(name)) return *value;
  }
  return {};
}

// The time that the client wrote, in the form of the error document where it can be read.
std::string readable_time(std::string_view text) {
  if (auto time = parse_http_date(text)) return oss_time(*time);
  if (auto time = parse_iso8601_basic(text)) return oss_time(*time);
  return std::string(text);
}

void add_argument(WireError& wire, const auth::AuthError& error) {
  if (error.argument_name.empty()) return;
  wire.details.emplace_back("ArgumentName", error.argument_name);
  wire.details.emplace_back("ArgumentValue", error.argument_value);
}

WireError signature_mismatch(const auth::AuthError& error, Dialect dialect) {
  bool oss = dialect == Dialect::kOss;
  WireError wire{403, "SignatureDoesNotMatch", {}, "0002-00000040", {}, {}};
  wire.message =
      "The request signature we calculated does not match the signature you provided. Check your "
      "key and signing method.";
  wire.details.emplace_back(oss ? "OSSAccessKeyId" : "AWSAccessKeyId", error.access_key_id);
  wire.details.emplace_back("SignatureProvided", error.signature_provided);
  wire.details.emplace_back("StringToSign", error.string_to_sign);
  wire.details.emplace_back("StringToSignBytes", hex_pairs(error.string_to_sign));
  if (!error.canonical_request.empty()) {
    wire.details.emplace_back("CanonicalRequest", error.canonical_request);
    if (!oss) {
      wire.details.emplace_back("CanonicalRequestBytes", hex_pairs(error.canonical_request));
    }
  }
  return wire;
}

WireError time_skewed(const OssCall& call) {
  WireError wire{403, "RequestTimeTooSkewed", {}, "0002-00000504", {}, {}};
  wire.message = "The difference between the request time and the current time is too large.";
  auto skew = std::chrono::milliseconds(call.env.auth.max_skew);
  wire.details.emplace_back("MaxAllowedSkewMilliseconds", std::to_string(skew.count()));
  wire.details.emplace_back("RequestTime", readable_time(request_time(call.head())));
  wire.details.emplace_back("ServerTime", oss_time(call.env.clock.now()));
  return wire;
}

WireError bad_authorization(const auth::AuthError& error, const OssCall& call) {
  WireError wire{400, "InvalidArgument", error.message, {}, {}, {}};
  if (call.dialect == Dialect::kS3) {
    wire.code = call.head().header("Authorization") ? "AuthorizationHeaderMalformed"
                                                    : "AuthorizationQueryParametersError";
    if (error.fault == auth::AuthFault::kWrongRegion) {
      wire.details.emplace_back("Region", call.env.names.region);
    }
  } else if (error.fault == auth::AuthFault::kWrongRegion) {
    wire.ec = "0002-00000226";
  }
  add_argument(wire, error);
  return wire;
}

// ---- documents -------------------------------------------------------------------------

std::string error_document(const OssCall& call, const WireError& error) {
  std::string out;
  out.reserve(512);
  XmlWriter xml(out);
  xml.declaration();
  xml.open("Error");
  xml.text("Code", error.code);
  xml.text("Message", error.message);
  bool oss = call.dialect == Dialect::kOss;
  if (!oss) xml.text("Resource", call.head().raw_path);
  xml.text("RequestId", call.request.id);
  xml.text("HostId", oss ? std::string(call.head().header("Host").value_or(""))
                         : extended_request_id(call.request.id));
  for (const auto& [name, value] : error.details) {
    if (name != kNextPosition) xml.text(name, value);
  }
  if (oss && error.denial && !error.denial->detail.empty()) {
    xml.open("AccessDeniedDetail");
    for (const auto& [name, value] : error.denial->detail) xml.text(name, value);
    xml.close("AccessDeniedDetail");
  }
  if (oss && !error.ec.empty()) {
    xml.text("EC", error.ec);
    xml.text("RecommendDoc", "https://api.aliyun.com/troubleshoot?q=" + error.ec);
  }
  xml.close("Error");
  return out;
}

// Texts and ECs of the vendor's pages 0003-00000101, -201, -203, -204 and -301, and of
// doc-detail/161911 for session policies.
void say_who_denied(const OssError& error, WireError& wire) {
  wire.denial = error.denial;
  switch (error.denial->by) {
    case Denial::By::kNobody:
      return;
    case Denial::By::kSessionPolicy:
      wire.message = "Access denied by authorizer's policy.";
      wire.ec = "0003-00000301";
      return;
    case Denial::By::kIdentityPolicy:
      wire.ec = "0003-00000201";
      break;
    case Denial::By::kBucketPolicy:
      wire.ec = "0003-00000101";
      break;
    case Denial::By::kBothPolicies:
      wire.ec = "0003-00000203";
      break;
  }
  if (error.denial->one_of_many) wire.ec = "0003-00000204";
  // So says page 0003-00000201 of a RAM policy, too; AccessDeniedDetail, the log and the audit
  // trail tell which it was.
  wire.message = "Access denied by bucket policy.";
}

void log_denial(const OssCall& call, const Denial& denial) {
  gateway::log_denial(
      {call.request.id, denial.principal, denial.resource, denial.why, denial.detail});
}

// What else the document names, so that a client's log says what was missing.
void name_the_target(const OssCall& call, Errc errc, WireError& wire) {
  if (errc == Errc::kNoSuchBucket || errc == Errc::kBucketNotEmpty ||
      errc == Errc::kBucketAlreadyExists || errc == Errc::kBucketAlreadyOwnedByYou ||
      errc == Errc::kInvalidBucketName || errc == Errc::kNoSuchBucketPolicy ||
      errc == Errc::kNoSuchPublicAccessBlock || errc == Errc::kUserDisabled) {
    if (!call.bucket().empty()) wire.details.emplace_back("BucketName", call.bucket());
  } else if (errc == Errc::kNoSuchKey) {
    wire.details.emplace_back("Key", call.key());
  } else if (errc == Errc::kInvalidObjectName) {
    wire.details.emplace_back(call.dialect == Dialect::kOss ? "ObjectName" : "Key", call.key());
  } else if (errc == Errc::kNoSuchUpload) {
    const http::QueryParam* id = call.head().param("uploadId");
    wire.details.emplace_back("UploadId", id != nullptr ? id->value : "");
  }
}

}  // namespace

std::string extended_request_id(std::string_view request_id) {
  return base64_encode(as_bytes(request_id));
}

WireError to_wire(const OssError& error, Dialect dialect) {
  const ErrorRow& row = row_of(error.code);
  const Said& said = dialect == Dialect::kOss ? row.oss : row.s3;
  WireError wire;
  wire.status = said.status;
  wire.code = said.code;
  wire.message = error.message.empty() ? std::string(said.message) : error.message;
  wire.ec = row.ec;
  wire.internal = error.internal;
  if (error.denial && dialect == Dialect::kOss) say_who_denied(error, wire);
  take_details(wire, error.details);
  return wire;
}

WireError to_wire(const auth::AuthError& error, const OssCall& call) {
  bool oss = call.dialect == Dialect::kOss;
  switch (error.fault) {
    case auth::AuthFault::kUnknownKey:
    case auth::AuthFault::kDisabledKey: {
      WireError wire{403, "InvalidAccessKeyId", {}, "0002-00000902", {}, {}};
      bool disabled = error.fault == auth::AuthFault::kDisabledKey;
      std::string vendor = oss ? "OSS" : "AWS";
      wire.message =
          disabled ? "The " + vendor + " Access Key Id is disabled."
                   : "The " + vendor + " Access Key Id you provided does not exist in our records.";
      wire.details.emplace_back(vendor + "AccessKeyId", error.access_key_id);
      return wire;
    }
    case auth::AuthFault::kSignatureMismatch:
      return signature_mismatch(error, call.dialect);
    case auth::AuthFault::kSkewed:
      return time_skewed(call);
    case auth::AuthFault::kExpired: {
      WireError wire{403,
                     "AccessDenied",
                     oss ? "Request has expired." : "Request has expired",
                     "0002-00000069",
                     {},
                     {}};
      wire.details.emplace_back("ServerTime", oss_time(call.env.clock.now()));
      return wire;
    }
    case auth::AuthFault::kMissingDate: {
      WireError wire{403, "AccessDenied", {}, {}, {}, {}};
      wire.message = oss ? "OSS authentication requires a valid Date."
                         : "AWS authentication requires a valid Date or x-amz-date header";
      return wire;
    }
    case auth::AuthFault::kUnsupported: {
      WireError wire{oss ? 400 : 501, "NotImplemented", error.message, {}, {}, {}};
      add_argument(wire, error);
      return wire;
    }
    case auth::AuthFault::kExpiredToken:
      return oss ? WireError{403, "SecurityTokenExpired", error.message, {}, {}, {}}
                 : WireError{400, "ExpiredToken", error.message, {}, {}, {}};
    case auth::AuthFault::kMalformedToken:
    case auth::AuthFault::kMismatchedToken:
      return oss ? WireError{403, "InvalidSecurityToken", error.message, {}, {}, {}}
                 : WireError{400, "InvalidToken", error.message, {}, {}, {}};
    case auth::AuthFault::kNonceUsed:
    case auth::AuthFault::kTooManyNonces:
      break;  // RPC alone
    case auth::AuthFault::kMalformed:
    case auth::AuthFault::kWrongRegion:
    case auth::AuthFault::kWrongScope:
      return bad_authorization(error, call);
  }
  return to_wire(OssError{Errc::kInternalError, {}, {}, "unknown AuthFault"}, call.dialect);
}

OssError body_error(auth::BodyFault fault) {
  switch (fault) {
    case auth::BodyFault::kSha256Mismatch:
      return {Errc::kInvalidRequest,
              "The provided 'x-amz-content-sha256' header does not match what was computed.",
              {{"Code", "XAmzContentSHA256Mismatch"}},
              {}};
    case auth::BodyFault::kChunkSignature:
      return {Errc::kInvalidRequest,
              "The request signature we calculated does not match the signature you provided. "
              "Check your key and signing method.",
              {{"Code", "SignatureDoesNotMatch"}, {"Status", "403"}, {"EC", "0002-00000040"}},
              {}};
    case auth::BodyFault::kChecksumMismatch:
      return {Errc::kBadDigest,
              "The checksum you specified did not match the calculated checksum.",
              {},
              {}};
    case auth::BodyFault::kMalformedChunk:
      return {Errc::kInvalidRequest, "The body's aws-chunked encoding is malformed.", {}, {}};
    case auth::BodyFault::kMalformedTrailer:
      return {Errc::kInvalidRequest,
              "The request contained trailing data that was not well-formed or did not conform to "
              "our published schema.",
              {{"Code", "MalformedTrailerError"}},
              {}};
    case auth::BodyFault::kLengthMismatch:
      return {Errc::kIncompleteBody,
              "You did not provide the number of bytes specified by the "
              "x-amz-decoded-content-length HTTP header.",
              {},
              {}};
    case auth::BodyFault::kNone:
      break;
  }
  return {Errc::kInvalidRequest, {}, {}, {}};
}

http::Response error_response(const OssCall& call, const WireError& error) {
  if (!error.internal.empty()) {
    log(LogLevel::kWarn, "request failed",
        {{"request_id", call.request.id}, {"code", error.code}, {"detail", error.internal}});
  }
  http::Response response;
  response.status = error.status;
  response.error_code = error.code;
  for (const auto& [name, value] : error.details) {
    if (name == kNextPosition) response.headers.add("x-oss-next-append-position", value);
  }
  if (error.status == 304) return response;
  bool oss = call.dialect == Dialect::kOss;
  std::string document = error_document(call, error);
  if (oss && !error.ec.empty()) response.headers.add("x-oss-ec", error.ec);
  response.headers.add("Content-Type", "application/xml");
  if (call.head().method == "HEAD") {
    if (oss) response.headers.add("x-oss-err", base64_encode(as_bytes(document)));
    return response;
  }
  response.body = std::move(document);
  return response;
}

http::Response error_response(const OssCall& call, const OssError& error) {
  // A copy whose source is "not modified".
  if (error.code == Errc::kNotModified && call.dialect == Dialect::kS3 &&
      call.head().method == "PUT") {
    return error_response(call, OssError{Errc::kPreconditionFailed, {}, {}, {}});
  }
  if (error.denial) log_denial(call, *error.denial);
  WireError wire = to_wire(error, call.dialect);
  name_the_target(call, error.code, wire);
  http::Response response = error_response(call, wire);
  if (error.object) {
    response.headers.add("ETag", '"' + etag_text(error.object->etag, call.dialect) + '"');
    response.headers.add("Last-Modified", format_http_date(error.object->modified));
  }
  return response;
}

}  // namespace lakeside::oss::wire
