// Policy documents as they are written: JSON → checked structs. Pure. docs/identity.md has the
// language with its sources.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lakeside::ram::policy {

// What a document is for, which says what it must and must not have.
enum class Kind : std::uint8_t {
  kIdentity,  // attached to users, groups and roles; session policies: no Principal
  kTrust,     // who may assume a role: {"RAM": …, "Service": …, "Federated": …}, no Resource
  kResource,  // a bucket policy: Principal is a list of uids, role ARNs or "*"
  // A bucket policy as S3 has it: version 2012-10-17, {"AWS": …}, s3: and arn:aws:s3:::. Read into
  // a document of kResource in the vendor's names (s3_names.h).
  kS3Resource,
};

// The vendor's limits on text: CreatePolicy 6,144 characters, trust and session policies 2,048,
// bucket policies 16 KiB, S3's 20 KiB. A document is one of its own whatever the limit: see
// parse().
inline constexpr std::size_t kMaxIdentityPolicyLength = 6144;
inline constexpr std::size_t kMaxTrustPolicyLength = 2048;
inline constexpr std::size_t kMaxSessionPolicyLength = 2048;
inline constexpr std::size_t kMaxResourcePolicyLength = 16384;
inline constexpr std::size_t kMaxS3PolicyLength = 20480;

enum class Effect : std::uint8_t { kAllow, kDeny };

enum class Comparison : std::uint8_t {
  kStringEquals,
  kStringEqualsIgnoreCase,
  kStringLike,
  kNumericEquals,
  kNumericLessThan,
  kNumericLessThanEquals,
  kNumericGreaterThan,
  kNumericGreaterThanEquals,
  kDateEquals,
  kDateLessThan,
  kDateLessThanEquals,
  kDateGreaterThan,
  kDateGreaterThanEquals,
  kBool,
  kIpAddress,
};

// A key that has several values in the request (acs:TagKeys).
enum class Quantifier : std::uint8_t { kNone, kForAnyValue, kForAllValues };

struct ConditionOperator {
  Comparison comparison = Comparison::kStringEquals;
  bool negated = false;    // StringNotEquals, NotIpAddress…
  bool if_exists = false;  // …IfExists: holds where the request lacks the key
  Quantifier quantifier = Quantifier::kNone;

  bool operator==(const ConditionOperator&) const = default;
};

// One key below one operator. Holds where the key's value compares to one of `values`, or, negated,
// to none of them.
struct Condition {
  ConditionOperator op;
  std::string key;  // as written; compared without case
  std::vector<std::string> values;
};

struct Principals {
  bool everyone = false;           // "*"
  bool owner_too = false;          // S3's "*" means the bucket's owner as well
  std::vector<std::string> names;  // uids, "acs:ram::…" and "arn:sts::…" names
  std::vector<std::string> services;
  std::vector<std::string> providers;  // Federated
};

struct Statement {
  Effect effect = Effect::kDeny;
  std::string sid;
  bool not_action = false;
  std::vector<std::string> actions;
  bool not_resource = false;
  std::vector<std::string> resources;  // none: every resource (trust policies)
  std::optional<Principals> principals;
  std::vector<Condition> conditions;
};

struct Document {
  Kind kind = Kind::kIdentity;
  std::vector<Statement> statements;
};

// Why a document is refused. A service makes its own code of it: RAM MalformedPolicyDocument and
// InvalidParameter.PolicyDocument.Length, OSS InvalidPolicyDocument.
struct Malformed {
  enum class Fault : std::uint8_t {
    kTooLong,
    kNotJson,
    kGrammar,
    kUnsupported,  // of S3's language, and not of ours
  };
  Fault fault;
  std::string place;  // "Statement[2].Condition.StringLike"; empty: the document
  std::string help;   // "unknown operator; it is one of: …"

  [[nodiscard]] std::string text() const;  // for the client: both of them
};

// Reads a document of at most `limit` characters. Whatever is not understood is refused: nothing of
// a policy is ignored.
[[nodiscard]] std::expected<Document, Malformed> parse(std::string_view text, Kind kind,
                                                       std::size_t limit);

}  // namespace lakeside::ram::policy
