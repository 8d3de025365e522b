// The one evaluator: may this caller do this to that, and which statement says so. Pure; it never
// blocks, and allocates only where a condition is asked about or a policy decided.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/ram/policy/compiled.h"

namespace lakeside::ram::policy {

// Who asks, as policies name it.
struct Caller {
  enum class Kind : std::uint8_t {
    kAnonymous,
    kRoot,       // the account itself
    kUser,       // a RAM user
    kRole,       // a session of a role
    kService,    // a service acting for itself: "oss.aliyuncs.com"
    kFederated,  // somebody whom an identity provider vouches for, before a role is assumed
  };
  Kind kind = Kind::kAnonymous;
  std::string_view account_id;
  std::string_view id;        // kUser: uid; kRole: the role's id
  std::string_view name;      // kUser, kRole: its name; kService: "oss.aliyuncs.com"
  std::string_view session;   // kRole: the session's name
  std::string_view provider;  // kFederated: "acs:ram::ACCOUNT:oidc-provider/NAME"
};

// What conditions are about: "acs:SourceIp" → values. Names are compared without case.
class Context {
 public:
  struct Entry {
    std::uint64_t hash;
    std::string key;  // lower case
    std::vector<std::string> values;
  };

  // A second add of a key gives it a second value.
  void add(std::string_view key, std::string value);
  // Null where the request has no such key. `key` is in lower case.
  [[nodiscard]] const Entry* find(std::string_view key, std::uint64_t hash) const;
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
};

// Asked at most once for each evaluation, and not at all unless a condition is met on the way.
class ContextSource {
 public:
  virtual ~ContextSource() = default;
  virtual void fill(Context& context) const = 0;
};

// A source for what is known beforehand.
class FixedContext final : public ContextSource {
 public:
  FixedContext() = default;
  explicit FixedContext(Context context) : context_(std::move(context)) {}
  void fill(Context& context) const override { context = context_; }

 private:
  Context context_;
};

struct Request {
  std::string_view action;                 // "oss:GetObject"
  std::string_view resource;               // "acs:oss:REGION:ACCOUNT:bucket/key"
  std::string_view owner_account;          // of the resource; empty: the caller's own
  const ContextSource* context = nullptr;  // null: no keys
};

struct NamedPolicy {
  std::string_view name;
  const CompiledPolicy* policy = nullptr;
  // For the explanation alone, as RAM calls them:
  std::string_view type = {};         // "Custom", "System"
  std::string_view version = {};      // "v1", of custom policies
  std::string_view attached_to = {};  // "RamUser", "RamGroup", "RamRole"
};

// What PublicAccessBlock leaves out of account.
struct Blocked {
  bool access_list = false;        // what the list grants to everybody
  bool public_statements = false;  // what the resource's policy grants to everybody
  // S3's RestrictPublicBuckets: where a policy grants something to everybody, all that it grants to
  // callers of other accounts.
  bool strangers = false;

  [[nodiscard]] bool any() const { return access_list || public_statements || strangers; }
};

// Everything that has a say.
struct Grounds {
  // Of the user and its groups, or of the role. The root account has none.
  std::span<const NamedPolicy> identity;
  // Given when the session was made: without its Allow nothing is allowed.
  const NamedPolicy* session = nullptr;
  // Of the resource: a bucket policy, or a role's trust policy.
  const NamedPolicy* resource = nullptr;
  // Assuming a role needs the Allow of both sides; all else that of one.
  bool needs_both = false;
  // What the resource's access list grants to this caller.
  bool granted_by_acl = false;
  Blocked blocked;
};

enum class PolicyType : std::uint8_t {
  kNone,
  kIdentity,  // AccountLevelIdentityBasedPolicy
  kSession,   // SessionPolicy
  kResource,  // ResourceBasedPolicy: of a bucket
  kTrust,     // AssumeRolePolicy
};

struct Decision {
  enum class Reason : std::uint8_t {
    // allowed
    kOwnerAccount,  // the root account may do everything in its account
    kAllowed,       // by the statement
    kAccessList,
    // denied
    kExplicitDeny,         // by the statement
    kNoStatement,          // nothing allows it
    kSession,              // the session policy does not allow it
    kPublicAccessBlocked,  // it was allowed to everybody, and PublicAccessBlock is on
  };
  bool allowed = false;
  Reason reason = Reason::kNoStatement;
  PolicyType type = PolicyType::kNone;  // of the policy that decided, or that should have allowed
  // Where a statement decided:
  std::string policy;
  std::string policy_type;
  std::string policy_version;
  std::string attached_to;
  std::size_t statement = 0;  // from 0, as in the document
  std::string sid;
  // An explicit deny on both sides has a code of its own in OSS.
  bool denied_by_both = false;
};

[[nodiscard]] Decision evaluate(const Caller& caller, const Request& request,
                                const Grounds& grounds);

// One statement beside the request: whether it applies, else the first of its parts that does not
// fit.
struct Look {
  enum class Result : std::uint8_t { kApplies, kAction, kResource, kPrincipal, kCondition };
  std::size_t statement = 0;  // from 0, as in the document
  std::string sid;
  Effect effect = Effect::kAllow;
  Result result = Result::kApplies;
  std::string condition;  // kCondition: its key
};

// What one policy says for itself: its first statement that denies, else the first that allows.
struct Step {
  enum class Says : std::uint8_t { kNothing, kAllow, kDeny };
  PolicyType type;
  std::string policy;
  Says says = Says::kNothing;
  std::size_t statement = 0;
  std::string attached_to;  // as in NamedPolicy
  std::vector<Look> looks;  // at every statement, in the document's order
};

// Of each policy, in the order in which they are asked.
[[nodiscard]] std::vector<Step> steps(const Caller& caller, const Request& request,
                                      const Grounds& grounds);

}  // namespace lakeside::ram::policy
