#include "services/oss/ops/bucket_policy.h"

#include <algorithm>
#include <string_view>

#include "base/encoding.h"
#include "services/oss/core/bucket_policy.h"

namespace lakeside::oss::ops {
namespace {

using ram::policy::Document;
using ram::policy::Malformed;
using ram::policy::Statement;

// OSS's page 0030-00000003: no item is longer.
constexpr std::size_t kMaxItem = 4095;

// The codes that OSS's pages 0030-0000000N describe.
std::unexpected<OssError> invalid(std::string message, std::string_view ec) {
  OssError error{Errc::kInvalidPolicyDocument, std::move(message), {}, {}};
  error.details.emplace_back("EC", ec);
  return std::unexpected(std::move(error));
}

std::unexpected<OssError> malformed_oss(const Malformed& fault, std::string_view document) {
  if (fault.fault == Malformed::Fault::kTooLong) {
    return invalid("The size of the policy must be less than 16 KB.", "0030-00000001");
  }
  if (!is_valid_utf8(document)) {
    return invalid("The policy must be encoded in UTF-8.", "0030-00000004");
  }
  bool version = fault.place == "Version";
  return invalid("The policy is invalid. " + fault.text(),
                 version ? "0030-00000002" : "0030-00000005");
}

// S3's sentence for what is wrong; ours says where, in Detail.
std::string_view s3_sentence(const Malformed& fault) {
  constexpr std::pair<std::string_view, std::string_view> kSentences[] = {
      {"Principal", "Invalid principal in policy"},
      {"Action", "Policy has invalid action"},
      {"Resource", "Policy has invalid resource"},
      {"Condition", "Policy has an invalid condition"},
      {"Version", "The policy must contain a valid version string"},
      {"Effect", "Invalid effect"},
  };
  if (fault.fault == Malformed::Fault::kNotJson) {
    return "Policies must be valid JSON and the first byte must be '{'";
  }
  for (const auto& [element, sentence] : kSentences) {
    if (fault.place.find(element) != std::string::npos) return sentence;
  }
  return "This policy contains invalid Json";
}

std::unexpected<OssError> malformed_s3(const Malformed& fault) {
  if (fault.fault == Malformed::Fault::kUnsupported) {
    return fail(Errc::kNotImplemented, fault.text());
  }
  if (fault.fault == Malformed::Fault::kTooLong) {
    OssError error{
        Errc::kInvalidPolicyDocument, "Policy exceeds the maximum allowed document size.", {}, {}};
    error.details.emplace_back("Code", "PolicyTooLarge");
    return std::unexpected(std::move(error));
  }
  OssError error{Errc::kInvalidPolicyDocument, std::string(s3_sentence(fault)), {}, {}};
  error.details.emplace_back("Detail", fault.text());
  return std::unexpected(std::move(error));
}

template <class Visit>
bool any_text(const Document& document, Visit visit) {
  auto any = [&](const std::vector<std::string>& texts) {
    return std::ranges::any_of(texts, visit);
  };
  return std::ranges::any_of(document.statements, [&](const Statement& one) {
    return any(one.actions) || any(one.resources) || visit(one.sid) ||
           (one.principals && any(one.principals->names)) ||
           std::ranges::any_of(one.conditions,
                               [&](const auto& condition) { return any(condition.values); });
  });
}

// What OSS asks beyond the language.
OssStatus check_oss(const Document& document) {
  if (any_text(document, [](std::string_view text) { return text.size() > kMaxItem; })) {
    return invalid("An item of the policy must not be longer than 4095 bytes.", "0030-00000003");
  }
  if (any_text(document, [](std::string_view text) { return text.find("**") != text.npos; })) {
    return invalid("The policy is invalid. It has stars in a row.", "0030-00000007");
  }
  return {};
}

// In S3 a policy is about the bucket that it is put to, whichever way it says so.
OssStatus check_s3(const Document& document, const std::string& bucket) {
  constexpr std::string_view kStart = "acs:oss:*:*:";
  for (const Statement& statement : document.statements) {
    for (std::string_view resource : statement.resources) {
      std::string_view name = resource.substr(std::min(kStart.size(), resource.size()));
      name = name.substr(0, name.find('/'));
      std::string_view plain = name.substr(0, name.find_first_of("*?"));
      bool own = plain.size() == name.size() ? name == bucket : bucket.starts_with(plain);
      if (!resource.starts_with(kStart) || !own) {
        return malformed_s3({Malformed::Fault::kGrammar, "Resource",
                             "a resource is the policy's bucket or objects in it"});
      }
    }
  }
  return {};
}

OssResult<ram::policy::PolicyPtr> read(const PutBucketPolicy& request) {
  const BucketPolicy& policy = request.policy;
  bool s3 = policy.language == PolicyLanguage::kS3;
  auto document =
      ram::policy::parse(policy.document, kind_of(policy.language), max_length(policy.language));
  if (!document) {
    if (s3) return malformed_s3(document.error());
    return malformed_oss(document.error(), policy.document);
  }
  OssStatus fits = s3 ? check_s3(*document, request.bucket) : check_oss(*document);
  if (!fits) return std::unexpected(std::move(fits.error()));
  return std::make_shared<const ram::policy::CompiledPolicy>(*document);
}

}  // namespace

Task<OssStatus> run(Context& context, PutBucketPolicy& request) {
  auto compiled = read(request);
  if (!compiled) co_return std::unexpected(std::move(compiled.error()));
  auto bucket = co_await context.store.get_bucket(request.bucket);
  if (!bucket) co_return std::unexpected(std::move(bucket.error()));
  if ((*bucket)->blocked.block_policy && (*compiled)->is_public()) {
    co_return fail(Errc::kPublicAccessBlocked, "Put public bucket policy is not allowed");
  }
  co_return co_await context.store.set_bucket_policy(request.bucket, request.policy);
}

Task<OssResult<BucketPolicy>> run(Context& context, GetBucketPolicy& request) {
  auto bucket = co_await context.store.get_bucket(request.bucket);
  if (!bucket) co_return std::unexpected(std::move(bucket.error()));
  if ((*bucket)->policy.document.empty()) co_return fail(Errc::kNoSuchBucketPolicy);
  co_return (*bucket)->policy;
}

Task<OssStatus> run(Context& context, DeleteBucketPolicy& request) {
  BucketPolicy none;
  co_return co_await context.store.set_bucket_policy(request.bucket, none);
}

Task<OssResult<BucketPolicyStatus>> run(Context& context, GetBucketPolicyStatus& request) {
  auto bucket = co_await context.store.get_bucket(request.bucket);
  if (!bucket) co_return std::unexpected(std::move(bucket.error()));
  const auto& policy = (*bucket)->compiled_policy;
  if (policy == nullptr && request.must_exist) co_return fail(Errc::kNoSuchBucketPolicy);
  co_return BucketPolicyStatus{policy != nullptr && policy->is_public()};
}

}  // namespace lakeside::oss::ops
