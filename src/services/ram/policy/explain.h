// Decisions in words: for the log, for `lakeside policy simulate` and for AccessDeniedDetail. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/ram/policy/evaluate.h"

namespace lakeside::ram::policy {

// One sentence: `denied by statement 1 of the bucket policy`, `no policy allows it`.
[[nodiscard]] std::string explain(const Decision& decision);

// "AccountLevelIdentityBasedPolicy"; empty for kNone.
[[nodiscard]] std::string_view policy_type_name(PolicyType type);

// Several lines: who, what, on what, the verdict, and what each policy and each of its statements
// said on the way to it.
[[nodiscard]] std::string trace(const Caller& caller, const Request& request,
                                const Grounds& grounds);
// The same as JSON: {"principal","action","resource","context","allowed","why","policies":[…]}.
[[nodiscard]] std::string trace_document(const Caller& caller, const Request& request,
                                         const Grounds& grounds);

// "acs:ram::ACCOUNT:user/NAME", "acs:ram::ACCOUNT:assumed-role/ROLE/SESSION",
// "acs:ram::ACCOUNT:root".
[[nodiscard]] std::string arn_of(const Caller& caller);

// The members of AccessDeniedDetail in the vendor's order, empty ones left out. RPC services write
// it as an object, OSS as an element. Nothing for anonymous callers: there is no principal to name.
//
// EncodedDiagnosticMessage, which DecodeDiagnosticMessage reads, is base64 of diagnostic(). It
// names policies only to callers of the account that wrote them.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> access_denied_detail(
    const Decision& decision, const Caller& caller, const Request& request);

// What DecodeDiagnosticMessage answers, as JSON.
[[nodiscard]] std::string diagnostic(const Decision& decision, const Caller& caller,
                                     const Request& request);

}  // namespace lakeside::ram::policy
