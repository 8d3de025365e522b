#include "gateway/rpc/fault.h"

namespace lakeside::rpc {
namespace {

// The words that aliyun-python-sdk-core (client.py) looks for to compare the two strings itself.
Fault signature_mismatch(const auth::AuthError& error) {
  const bool v3 = !error.canonical_request.empty();
  Fault fault{400, "SignatureDoesNotMatch", {}};
  fault.message =
      "Specified signature is not matched with our calculation. server string to sign is:" +
      error.string_to_sign;
  if (v3) fault.message += " server canonicalized request is:" + error.canonical_request;
  return fault;
}

}  // namespace

Fault missing_parameter(std::string_view name) {
  return {400, "MissingParameter",
          "The input parameter \"" + std::string(name) +
              "\" that is mandatory for processing this request is not supplied."};
}

Fault invalid_parameter(std::string_view name, std::string_view help) {
  std::string message = "The specified parameter \"" + std::string(name) + "\" is not valid";
  if (!help.empty()) message += ": " + std::string(help);
  return {400, "InvalidParameter", message + "."};
}

Fault internal_error(const Error& error) {
  bool busy = error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kNoSpace;
  Fault fault = busy ? Fault{503, "ServiceUnavailable",
                             "The request has failed due to a temporary failure of the server."}
                     : Fault{500, "InternalError",
                             "The request processing has failed due to some unknown error."};
  fault.internal = std::string(to_string(error.code)) + ": " + error.detail;
  return fault;
}

Fault to_fault(const auth::AuthError& error) {
  switch (error.fault) {
    case auth::AuthFault::kUnknownKey:
      return {404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."};
    case auth::AuthFault::kDisabledKey:
      return {400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled."};
    case auth::AuthFault::kSignatureMismatch:
      return signature_mismatch(error);
    case auth::AuthFault::kSkewed:
    case auth::AuthFault::kExpired:
      return {400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."};
    case auth::AuthFault::kMissingDate:
      return {400, "InvalidTimeStamp.Format",
              "Specified time stamp or date value is not well formatted."};
    case auth::AuthFault::kNonceUsed:
      return {400, "SignatureNonceUsed", "Specified signature nonce was used already."};
    case auth::AuthFault::kTooManyNonces:
      return {503, "Throttling", "Request was denied due to flow control."};
    case auth::AuthFault::kExpiredToken:
      return {403, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired."};
    case auth::AuthFault::kMismatchedToken:
      return {403, "InvalidSecurityToken.MismatchWithAccessKey",
              "Specified SecurityToken mismatch with the AccessKey."};
    case auth::AuthFault::kMalformedToken:
      return {403, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed."};
    case auth::AuthFault::kUnsupported:
      return {400, "InvalidParameter." + error.argument_name, error.message};
    case auth::AuthFault::kMalformed: {
      // A token beside a permanent key.
      if (error.argument_name == "SecurityToken" || error.argument_name == "x-acs-security-token") {
        return {403, "InvalidSecurityToken.MismatchWithAccessKey",
                "Specified SecurityToken mismatch with the AccessKey."};
      }
      bool missing = error.argument_value.empty() && error.argument_name != "SignedHeaders";
      if (missing && error.argument_name == "Timestamp") {
        return {400, "IllegalTimestamp", error.message};
      }
      return {400, missing ? "MissingParameter" : "IncompleteSignature", error.message};
    }
    case auth::AuthFault::kWrongRegion:
    case auth::AuthFault::kWrongScope:
      break;  // have no meaning here
  }
  return {400, "IncompleteSignature",
          "The request signature does not conform to Aliyun standards."};
}

}  // namespace lakeside::rpc
