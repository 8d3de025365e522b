// What real SDKs signed is accepted, and nothing near it.
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "gateway/auth/tests/test_request.h"

namespace lakeside::auth::testing {
namespace {

const std::vector<SdkRequest>& requests() {
  static const std::vector<SdkRequest> all = sdk_requests();
  return all;
}

TEST(SdkRequests, AreAccepted) {
  for (const auto& sdk : requests()) {
    SCOPED_TRACE(sdk.name);
    EXPECT_EQ(claimed_scheme(sdk.request.head()), sdk.scheme);
    auto verdict = sdk.request.authenticate();
    EXPECT_TRUE(verdict) << verdict.error().message << "\n"
                         << verdict.error().string_to_sign << "\n"
                         << verdict.error().canonical_request;
    if (!verdict) continue;
    EXPECT_EQ(verdict->scheme, sdk.scheme);
    EXPECT_EQ(verdict->presigned, sdk.presigned);
    EXPECT_EQ(verdict->principal.kind, Principal::Kind::kRoot);
    EXPECT_EQ(verdict->principal.access_key_id, kTestKeyId);
  }
}

TEST(SdkRequests, AreRefusedWithAnotherSecret) {
  for (const auto& sdk : requests()) {
    SCOPED_TRACE(sdk.name);
    const TestRequest& request = sdk.request;
    TestKeys keys(kTestKeyId, "hYq3kT0pVn2zS8wXb6LdRf4mJc9gUe1b");
    auto verdict = authenticate(request.head(), request.signed_target, keys, request.now, {});
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().fault, AuthFault::kSignatureMismatch);
    EXPECT_EQ(verdict.error().access_key_id, kTestKeyId);
    EXPECT_FALSE(verdict.error().string_to_sign.empty());
    EXPECT_FALSE(verdict.error().signature_provided.empty());
  }
}

TEST(SdkRequests, AreRefusedWithAnotherMethod) {
  for (const auto& sdk : requests()) {
    SCOPED_TRACE(sdk.name);
    TestRequest request = sdk.request;
    request.method = request.method == "GET" ? "HEAD" : "GET";
    EXPECT_FALSE(request.accepted());
  }
}

TEST(SdkRequests, AreRefusedForAnotherTarget) {
  for (const auto& sdk : requests()) {
    SCOPED_TRACE(sdk.name);
    // AWS signs the path as sent: the whole target is tried below.
    if (sdk.scheme == Scheme::kAwsV2 || sdk.scheme == Scheme::kAwsV4) continue;
    for (std::string SignedTarget::* part : {&SignedTarget::bucket, &SignedTarget::key}) {
      TestRequest request = sdk.request;
      std::string& text = request.signed_target.*part;
      for (char& c : text) {
        char saved = c;
        c = static_cast<char>(c ^ 1);
        EXPECT_FALSE(request.accepted()) << text;
        c = saved;
      }
    }
    TestRequest request = sdk.request;
    request.signed_target.bucket += "x";
    EXPECT_FALSE(request.accepted());
  }
}

// Every scheme but V1 and V2 of AWS signs the whole query; AWS V4 also the whole path.
TEST(SdkRequests, AreRefusedWithAnyByteOfTheSignedTargetChanged) {
  for (const auto& sdk : requests()) {
    SCOPED_TRACE(sdk.name);
    if (sdk.scheme == Scheme::kOssV1 || sdk.scheme == Scheme::kAwsV2) continue;
    TestRequest request = sdk.request;
    std::size_t query = std::min(request.target.find('?'), request.target.size());
    std::size_t begin = sdk.scheme == Scheme::kAwsV4 ? 1 : query + 1;
    for (std::size_t i = begin; i < request.target.size(); ++i) {
      char saved = request.target[i];
      request.target[i] = static_cast<char>(saved ^ 1);
      EXPECT_FALSE(request.accepted()) << request.target;
      request.target[i] = saved;
    }
  }
}

bool is_signed(const SdkRequest& sdk, std::string_view header) {
  std::string name = to_lower_ascii(header);
  bool oss =
      sdk.scheme == Scheme::kOssV1 || sdk.scheme == Scheme::kOssV2 || sdk.scheme == Scheme::kOssV4;
  if (name.starts_with(oss ? "x-oss-" : "x-amz-")) return true;
  if (name == "authorization") return true;
  if (sdk.scheme == Scheme::kAwsV4) return name == "host";
  return name == "content-type" || name == "content-md5";
}

TEST(SdkRequests, AreRefusedWithAnyByteOfASignedHeaderChanged) {
  for (const auto& sdk : requests()) {
    SCOPED_TRACE(sdk.name);
    TestRequest request = sdk.request;
    for (auto& [name, value] : request.headers) {
      if (!is_signed(sdk, name)) continue;
      for (char& c : value) {
        char saved = c;
        if (saved == ' ' || saved == ',') continue;  // between fields, where it may be missing
        c = static_cast<char>(c ^ 1);
        EXPECT_FALSE(request.accepted()) << name << ": " << value;
        c = saved;
      }
    }
  }
}

const std::vector<SdkForm>& forms() {
  static const std::vector<SdkForm> all = sdk_forms();
  return all;
}

TEST(SdkForms, AreAccepted) {
  for (const auto& form : forms()) {
    SCOPED_TRACE(form.name);
    auto verdict = authenticate_post_policy(form.fields, TestKeys(), form.now, {});
    ASSERT_TRUE(verdict) << verdict.error().message;
    EXPECT_EQ(verdict->scheme, form.scheme);
    EXPECT_EQ(verdict->principal.access_key_id, kTestKeyId);
  }
}

TEST(SdkForms, AreRefusedWithAnyFieldChanged) {
  for (const auto& original : forms()) {
    SCOPED_TRACE(original.name);
    SdkForm form = original;
    for (auto& [name, value] : form.fields) {
      // The date is the policy's to bind, except that it is of the scope's day.
      if (name == "key" || name.ends_with("-date")) continue;
      for (char& c : value) {
        char saved = c;
        c = static_cast<char>(c ^ 1);
        EXPECT_FALSE(authenticate_post_policy(form.fields, TestKeys(), form.now, {}))
            << name << ": " << value;
        c = saved;
      }
    }
  }
}

TEST(SdkForms, AreRefusedWithAnyFieldMissing) {
  for (const auto& form : forms()) {
    SCOPED_TRACE(form.name);
    for (std::size_t i = 0; i < form.fields.size(); ++i) {
      if (form.fields[i].first == "key") continue;
      auto fields = form.fields;
      fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(i));
      auto verdict = authenticate_post_policy(fields, TestKeys(), form.now, {});
      ASSERT_FALSE(verdict) << form.fields[i].first;
      EXPECT_EQ(verdict.error().fault, AuthFault::kMalformed);
    }
  }
}

}  // namespace
}  // namespace lakeside::auth::testing
