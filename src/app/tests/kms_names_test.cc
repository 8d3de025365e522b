// An alias and a secret's name may become another key's while a request is on its way: what it was
// allowed to use is what it uses.
#include <algorithm>
#include <functional>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/executor.h"
#include "engines/memory/memory_kv.h"
#include "services/kms/core/store.h"
#include "services/kms/operations.h"
#include "services/ram/core/grants.h"

namespace lakeside::app {
namespace {

using Parameters = std::vector<http::QueryParam>;
constexpr const char* kAccount = "1234567890123456";

struct KmsNames : testing::Test {
  KmsNames() {
    root.principal.kind = Principal::Kind::kRoot;
    root.principal.account_id = kAccount;
    mine = make_key();
    other = make_key();
    EXPECT_TRUE(run(root, "CreateAlias", {{"AliasName", "alias/a"}, {"KeyId", mine}}));
    make_secret(mine);
    ann.principal.kind = Principal::Kind::kUser;
    ann.principal.account_id = kAccount;
    ann.principal.name = "ann";
    ann.principal.grants = all_of(mine);
  }

  // Everything with that one key, and with every alias and secret.
  static std::shared_ptr<const Grants> all_of(const std::string& key) {
    const std::string document =
        R"({"Version": "1", "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": [
           "acs:kms:*:*:alias/*", "acs:kms:*:*:secret/*", "acs:kms:*:*:key/)" +
        key + R"("]}]})";
    auto policy = ram::policy::compile(document, ram::policy::Kind::kIdentity, document.size());
    return std::make_shared<ram::PolicyGrants>(
        std::vector<ram::PolicyGrants::Held>{{"keys", "Custom", "v1", "RamUser", *policy}});
  }

  // `meanwhile` is done when the caller is authorised, and the work has not begun.
  rpc::Answer run(
      const auth::Identity& caller, std::string_view action, const Parameters& parameters,
      const std::function<void()>& meanwhile = [] {}) {
    auto rows = product->operations();
    auto row = std::ranges::find(rows, action, &gateway::OperationInfo::name);
    auto index = static_cast<std::size_t>(row - rows.begin());
    http::Request request;
    rpc::Parameters in(parameters, {});
    rpc::Invocation call{request, in, caller, Time(std::chrono::seconds(1'800'000'000))};
    if (auto fault = product->authorise(index, call)) return std::unexpected(*fault);
    meanwhile();
    return run_blocking(product->run(index, call));
  }
  std::string code(
      std::string_view action, const Parameters& parameters,
      const std::function<void()>& meanwhile = [] {}) {
    auto answer = run(ann, action, parameters, meanwhile);
    return answer ? "ok" : answer.error().code;
  }
  std::string make_key() { return (*run(root, "CreateKey", {}))["KeyMetadata"]["KeyId"]; }
  void make_secret(const std::string& key) {
    EXPECT_TRUE(run(
        root, "CreateSecret",
        {{"SecretName", "s"}, {"SecretData", "x"}, {"VersionId", "v"}, {"EncryptionKeyId", key}}));
  }
  void point(const std::string& key) {
    EXPECT_TRUE(run(root, "UpdateAlias", {{"AliasName", "alias/a"}, {"KeyId", key}}));
  }

  std::unique_ptr<engines::Kv> kv = engines::make_memory_kv();
  std::unique_ptr<kms::Store> store =
      std::move(*run_blocking(kms::Store::open(*kv, SealingKey::random())));
  ThreadPool pool{"test", 1};
  std::unique_ptr<rpc::Product> product = kms::make_kms(*store, "cn-hangzhou", pool);
  auth::Identity root, ann;
  std::string mine, other;
};

TEST_F(KmsNames, AnAliasThatIsPointedElsewhereIsNotFollowed) {
  const Parameters text = {{"KeyId", "alias/a"}, {"Plaintext", "eA=="}};
  EXPECT_EQ(code("Encrypt", text), "ok");
  EXPECT_EQ(code("Encrypt", text, [this] { point(other); }), "Forbidden.NoPermission");
  point(mine);
  EXPECT_EQ(code("DeleteAlias", {{"AliasName", "alias/a"}}, [this] { point(other); }),
            "Forbidden.NoPermission");
  point(mine);
  EXPECT_EQ(code("DeleteAlias", {{"AliasName", "alias/a"}}), "ok");
}

TEST_F(KmsNames, ANamesakeOfASecretIsAnotherSecret) {
  const Parameters secret = {{"SecretName", "s"}};
  EXPECT_EQ(code("GetSecretValue", secret), "ok");
  auto make_another = [this] {
    EXPECT_TRUE(
        run(root, "DeleteSecret", {{"SecretName", "s"}, {"ForceDeleteWithoutRecovery", "true"}}));
    make_secret(other);
  };
  EXPECT_EQ(code("GetSecretValue", secret, make_another), "Forbidden.NoPermission");
}

}  // namespace
}  // namespace lakeside::app
