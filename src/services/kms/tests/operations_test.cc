#include "services/kms/operations.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/crypto.h"
#include "base/encoding.h"
#include "engines/memory/memory_kv.h"
#include "services/kms/core/asymmetric.h"
#include "services/kms/wire/operation.h"

namespace lakeside::kms {
namespace {

using Json = rpc::Value;
using std::chrono::days;

std::string base64_of(std::string_view text) { return base64_encode(as_bytes(text)); }

class Kms : public testing::Test {
 protected:
  Kms() { caller = root("1234567890123456"); }

  static auth::Identity root(const std::string& account) {
    auth::Identity identity;
    identity.principal.kind = Principal::Kind::kRoot;
    identity.principal.account_id = account;
    return identity;
  }

  rpc::Answer call(std::string_view action, std::vector<http::QueryParam> parameters) {
    auto rows = product->operations();
    auto row = std::ranges::find(rows, action, &gateway::OperationInfo::name);
    EXPECT_NE(row, rows.end()) << action;
    http::Request request;
    rpc::Parameters in(parameters, {});
    rpc::Invocation invocation{request, in, caller, now};
    auto index = static_cast<std::size_t>(row - rows.begin());
    if (auto fault = product->authorise(index, invocation)) return std::unexpected(*fault);
    return run_blocking(product->run(index, invocation));
  }
  Json ok(std::string_view action, std::vector<http::QueryParam> parameters = {}) {
    auto answer = call(action, std::move(parameters));
    EXPECT_TRUE(answer) << action << ": " << answer.error().code << " " << answer.error().message;
    return answer ? *answer : Json::object();
  }
  std::string code(std::string_view action, std::vector<http::QueryParam> parameters) {
    auto answer = call(action, std::move(parameters));
    return answer ? "ok" : answer.error().code;
  }
  std::string make_key(std::vector<http::QueryParam> parameters = {}) {
    return ok("CreateKey", std::move(parameters))["KeyMetadata"]["KeyId"];
  }
  Json describe(const std::string& key) {
    return ok("DescribeKey", {{"KeyId", key}})["KeyMetadata"];
  }
  std::string encrypt(const std::string& key, std::string_view text) {
    return ok("Encrypt", {{"KeyId", key}, {"Plaintext", base64_of(text)}})["CiphertextBlob"];
  }
  void tidy() { ASSERT_TRUE(run_blocking(store->do_what_is_due(now))); }

  std::unique_ptr<engines::Kv> kv = engines::make_memory_kv();
  SealingKey master = SealingKey::random();
  std::unique_ptr<Store> store = std::move(*run_blocking(Store::open(*kv, master)));
  ThreadPool pool{"test", 1};
  std::unique_ptr<rpc::Product> product = make_kms(*store, "cn-hangzhou", pool);
  auth::Identity caller;
  Time now{std::chrono::seconds(1'800'000'000)};
};

TEST_F(Kms, EncryptsInAContextThatIsTheSameInEveryForm) {
  std::string key = make_key();
  auto made = ok("Encrypt", {{"KeyId", key},
                             {"Plaintext", base64_of("hello")},
                             {"EncryptionContext", R"({"b": "2", "a": "1"})"}});
  std::string ciphertext = made["CiphertextBlob"];
  EXPECT_EQ(made["KeyId"], key);
  auto opened = ok(
      "Decrypt",
      {{"CiphertextBlob", ciphertext}, {"EncryptionContext.a", "1"}, {"EncryptionContext.b", "2"}});
  EXPECT_EQ(opened["Plaintext"], base64_of("hello"));
  EXPECT_EQ(opened["KeyVersionId"], made["KeyVersionId"]);
  EXPECT_EQ(code("Decrypt", {{"CiphertextBlob", ciphertext}}), "InvalidParameter");
  EXPECT_EQ(code("Decrypt", {{"CiphertextBlob", base64_of("nonsense")}}), "InvalidParameter");
  for (const char* wrong : {"[]", "{\"a\":1}", "{", "\"a\"", "{\"a\":{\"b\":\"c\"}}"}) {
    EXPECT_EQ(code("Encrypt",
                   {{"KeyId", key}, {"Plaintext", base64_of("x")}, {"EncryptionContext", wrong}}),
              "InvalidParameter")
        << wrong;
  }
}

TEST_F(Kms, LimitsPlaintexts) {
  std::string key = make_key();
  std::string most = encrypt(key, std::string(kMaxPlaintext, 'x'));
  EXPECT_EQ(ok("Decrypt", {{"CiphertextBlob", most}})["Plaintext"],
            base64_of(std::string(kMaxPlaintext, 'x')));
  auto too_long = base64_of(std::string(kMaxPlaintext + 1, 'x'));
  EXPECT_EQ(code("Encrypt", {{"KeyId", key}, {"Plaintext", too_long}}), "InvalidParameter");
  EXPECT_EQ(code("Encrypt", {{"KeyId", key}, {"Plaintext", "not base64"}}), "InvalidParameter");
  EXPECT_EQ(code("Encrypt", {{"KeyId", key}}), "MissingParameter");
  EXPECT_EQ(code("GenerateDataKey", {{"KeyId", key}, {"NumberOfBytes", "1025"}}),
            "InvalidParameter");
}

TEST_F(Kms, DataKeysOpenToWhatTheyWere) {
  std::string key = make_key();
  auto made = ok("GenerateDataKey", {{"KeyId", key}, {"KeySpec", "AES_128"}});
  EXPECT_EQ(base64_decode(made["Plaintext"].get<std::string>())->size(), 16U);
  EXPECT_EQ(ok("Decrypt", {{"CiphertextBlob", made["CiphertextBlob"]}})["Plaintext"],
            made["Plaintext"]);
  auto hidden = ok("GenerateDataKeyWithoutPlaintext", {{"KeyId", key}});
  EXPECT_FALSE(hidden.contains("Plaintext"));
  KeyPair pair = generate_pair(Spec::kRsa2048);
  std::vector<http::QueryParam> wrapping = {
      {"PublicKeyBlob", base64_of(public_der(pair.public_pem))},
      {"WrappingKeySpec", "RSA_2048"},
      {"WrappingAlgorithm", "RSAES_OAEP_SHA_256"}};
  auto ask = wrapping;
  ask.push_back({"CiphertextBlob", hidden["CiphertextBlob"]});
  auto wrapped = base64_decode(ok("ExportDataKey", ask)["ExportedDataKey"].get<std::string>());
  auto exported = asymmetric_decrypt(pair.private_der, Algorithm::kOaepSha256, *wrapped);
  ASSERT_TRUE(exported);
  EXPECT_EQ(ok("Decrypt", {{"CiphertextBlob", hidden["CiphertextBlob"]}})["Plaintext"],
            base64_of(exported->view()));
  ask = wrapping;
  ask.push_back({"KeyId", key});
  EXPECT_TRUE(ok("GenerateAndExportDataKey", ask).contains("ExportedDataKey"));
}

TEST_F(Kms, ReEncryptsFromBothKinds) {
  std::string from = make_key(), to = make_key();
  auto moved = ok("ReEncrypt", {{"CiphertextBlob", encrypt(from, "text")},
                                {"DestinationKeyId", to},
                                {"DestinationEncryptionContext", R"({"a":"b"})"}});
  EXPECT_EQ(moved["KeyId"], to);
  EXPECT_EQ(ok("Decrypt", {{"CiphertextBlob", moved["CiphertextBlob"]},
                           {"EncryptionContext", R"({"a":"b"})"}})["Plaintext"],
            base64_of("text"));
  EXPECT_EQ(code("ReEncrypt", {{"CiphertextBlob", encrypt(from, "text")},
                               {"SourceKeyId", to},
                               {"DestinationKeyId", to}}),
            "InvalidParameter");
  std::string rsa = make_key({{"KeySpec", "RSA_2048"}});
  std::string version =
      ok("ListKeyVersions", {{"KeyId", rsa}})["KeyVersions"]["KeyVersion"][0]["KeyVersionId"];
  auto sealed = ok("AsymmetricEncrypt", {{"KeyId", rsa},
                                         {"KeyVersionId", version},
                                         {"Algorithm", "RSAES_OAEP_SHA_1"},
                                         {"Plaintext", base64_of("text")}});
  auto again = ok("ReEncrypt", {{"CiphertextBlob", sealed["CiphertextBlob"]},
                                {"SourceKeyId", rsa},
                                {"SourceKeyVersionId", version},
                                {"SourceEncryptionAlgorithm", "RSAES_OAEP_SHA_1"},
                                {"DestinationKeyId", to}});
  EXPECT_EQ(ok("Decrypt", {{"CiphertextBlob", again["CiphertextBlob"]}})["Plaintext"],
            base64_of("text"));
}

TEST_F(Kms, StatesDecideAsTheVendorsTableSays) {
  std::string key = make_key();
  std::string ciphertext = encrypt(key, "x");
  ok("DisableKey", {{"KeyId", key}});
  EXPECT_EQ(describe(key)["KeyState"], "Disabled");
  EXPECT_EQ(code("Decrypt", {{"CiphertextBlob", ciphertext}}), "Rejected.Disabled");
  EXPECT_EQ(code("GenerateDataKey", {{"KeyId", key}}), "Rejected.Disabled");
  ok("EnableKey", {{"KeyId", key}});
  ok("ScheduleKeyDeletion", {{"KeyId", key}, {"PendingWindowInDays", "7"}});
  EXPECT_EQ(describe(key)["KeyState"], "PendingDeletion");
  EXPECT_EQ(code("Decrypt", {{"CiphertextBlob", ciphertext}}), "Rejected.PendingDeletion");
  for (const char* action : {"EnableKey", "DisableKey", "ScheduleKeyDeletion"}) {
    EXPECT_EQ(code(action, {{"KeyId", key}}), "Rejected.StateModifiedFailed") << action;
  }
  EXPECT_EQ(code("CreateAlias", {{"KeyId", key}, {"AliasName", "alias/a"}}),
            "Rejected.StateModifiedFailed");
  now += days(6);
  ok("CancelKeyDeletion", {{"KeyId", key}});
  EXPECT_EQ(describe(key)["KeyState"], "Enabled");
  EXPECT_EQ(code("CancelKeyDeletion", {{"KeyId", key}}), "Rejected.StateModifiedFailed");
  ok("ScheduleKeyDeletion", {{"KeyId", key}, {"PendingWindowInDays", "7"}});
  now += days(7);
  EXPECT_EQ(code("CancelKeyDeletion", {{"KeyId", key}}), "Forbidden.KeyNotFound");
  EXPECT_EQ(ok("ListKeys")["TotalCount"], 0);
  tidy();
  EXPECT_EQ(code("DescribeKey", {{"KeyId", key}}), "Forbidden.KeyNotFound");
}

TEST_F(Kms, ProtectedKeysAreNotDeleted) {
  std::string key = make_key();
  ok("SetDeletionProtection", {{"ProtectedResourceArn", describe(key)["Arn"]},
                               {"EnableDeletionProtection", "true"},
                               {"DeletionProtectionDescription", "in use"}});
  EXPECT_EQ(describe(key)["DeletionProtection"], "Enabled");
  EXPECT_EQ(code("ScheduleKeyDeletion", {{"KeyId", key}}), "Rejected.DeletionProtection");
  ok("SetDeletionProtection",
     {{"ProtectedResourceArn", describe(key)["Arn"]}, {"EnableDeletionProtection", "false"}});
  ok("ScheduleKeyDeletion", {{"KeyId", key}});
}

TEST_F(Kms, RotationIsDoneByHousekeeping) {
  std::string key = make_key({{"EnableAutomaticRotation", "true"}, {"RotationInterval", "7d"}});
  Json before = describe(key);
  EXPECT_EQ(before["RotationInterval"], "604800s");
  EXPECT_EQ(before["AutomaticRotation"], "Enabled");
  std::string ciphertext = encrypt(key, "old");
  now += days(7);
  tidy();
  Json after = describe(key);
  EXPECT_NE(after["PrimaryKeyVersion"], before["PrimaryKeyVersion"]);
  EXPECT_EQ(after["LastRotationDate"], before["NextRotationDate"]);
  EXPECT_EQ(ok("Decrypt", {{"CiphertextBlob", ciphertext}})["Plaintext"], base64_of("old"));
  ok("DisableKey", {{"KeyId", key}});
  EXPECT_EQ(describe(key)["AutomaticRotation"], "Suspended");
  EXPECT_EQ(code("UpdateRotationPolicy", {{"KeyId", key}, {"EnableAutomaticRotation", "false"}}),
            "Rejected.Disabled");
  ok("EnableKey", {{"KeyId", key}});
  ok("UpdateRotationPolicy", {{"KeyId", key}, {"EnableAutomaticRotation", "false"}});
  EXPECT_FALSE(describe(key).contains("NextRotationDate"));
  EXPECT_EQ(code("UpdateRotationPolicy",
                 {{"KeyId", key}, {"EnableAutomaticRotation", "true"}, {"RotationInterval", "6d"}}),
            "InvalidParameter");
  ok("CreateKeyVersion", {{"KeyId", key}});
  EXPECT_EQ(ok("ListKeyVersions", {{"KeyId", key}, {"PageSize", "1"}})["TotalCount"], 3);
}

TEST_F(Kms, AsymmetricKeysSignAndEncrypt) {
  auto hash = sha256(as_bytes(std::string_view("message")));
  for (const char* spec : {"EC_P256", "EC_P256K", "RSA_2048"}) {
    std::string key = make_key({{"KeySpec", spec}, {"KeyUsage", "SIGN/VERIFY"}});
    EXPECT_FALSE(describe(key).contains("PrimaryKeyVersion"));
    std::string version =
        ok("ListKeyVersions", {{"KeyId", key}})["KeyVersions"]["KeyVersion"][0]["KeyVersionId"];
    std::string algorithm = spec[0] == 'E' ? "ECDSA_SHA_256" : "RSA_PSS_SHA_256";
    std::vector<http::QueryParam> ask = {{"KeyId", key},
                                         {"KeyVersionId", version},
                                         {"Algorithm", algorithm},
                                         {"Digest", base64_of(as_text(hash))}};
    std::string value = ok("AsymmetricSign", ask)["Value"];
    ask.push_back({"Value", value});
    EXPECT_EQ(ok("AsymmetricVerify", ask)["Value"], true);
    std::string pem = ok("GetPublicKey", {{"KeyId", key}, {"KeyVersionId", version}})["PublicKey"];
    EXPECT_TRUE(verify(pem, *find_algorithm(algorithm, find_spec(spec)->spec, Usage::kSign),
                       as_text(hash), *base64_decode(value)));
    ask[3].value = base64_of(std::string(32, 'x'));
    EXPECT_EQ(ok("AsymmetricVerify", ask)["Value"], false);
    EXPECT_EQ(code("Encrypt", {{"KeyId", key}, {"Plaintext", base64_of("x")}}),
              "UnsupportedOperation");
    EXPECT_EQ(code("CreateKeyVersion", {{"KeyId", key}}), "Rejected.LimitExceeded");
    now += days(7);
    ok("CreateKeyVersion", {{"KeyId", key}});
    EXPECT_EQ(ok("AsymmetricVerify", {{"KeyId", key},
                                      {"KeyVersionId", version},
                                      {"Algorithm", algorithm},
                                      {"Digest", base64_of(as_text(hash))},
                                      {"Value", value}})["Value"],
              true);
  }
}

TEST_F(Kms, AliasesNameKeys) {
  std::string key = make_key(), other = make_key();
  ok("CreateAlias", {{"KeyId", key}, {"AliasName", "alias/app"}});
  EXPECT_EQ(code("CreateAlias", {{"KeyId", key}, {"AliasName", "alias/app"}}),
            "AliasAlreadyExists");
  for (const char* wrong : {"app", "alias/", "alias/a b", "alias/acs/oss"}) {
    EXPECT_EQ(code("CreateAlias", {{"KeyId", key}, {"AliasName", wrong}}), "InvalidParameter");
  }
  EXPECT_EQ(ok("Encrypt", {{"KeyId", "alias/app"}, {"Plaintext", base64_of("x")}})["KeyId"], key);
  EXPECT_EQ(code("EnableKey", {{"KeyId", "alias/app"}}), "Unsupported.Alias");
  EXPECT_EQ(code("DescribeKey", {{"KeyId", "alias/none"}}), "Forbidden.AliasNotFound");
  ok("UpdateAlias", {{"KeyId", other}, {"AliasName", "alias/app"}});
  auto list = ok("ListAliasesByKeyId", {{"KeyId", other}})["Aliases"]["Alias"];
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0]["AliasArn"], "acs:kms:cn-hangzhou:1234567890123456:alias/app");
  ok("DeleteAlias", {{"AliasName", "alias/app"}, {"KeyId", "none"}});
  EXPECT_EQ(ok("ListAliases")["TotalCount"], 0);
}

TEST_F(Kms, ImportedMaterialIsTheSameForEver) {
  std::string key = make_key({{"Origin", "EXTERNAL"}});
  EXPECT_EQ(describe(key)["KeyState"], "PendingImport");
  EXPECT_EQ(code("Encrypt", {{"KeyId", key}, {"Plaintext", base64_of("x")}}),
            "Rejected.PendingImport");
  auto parameters = ok("GetParametersForImport", {{"KeyId", key},
                                                  {"WrappingAlgorithm", "RSAES_OAEP_SHA_256"},
                                                  {"WrappingKeySpec", "RSA_2048"}});
  auto pem = read_wrapping_key(*base64_decode(parameters["PublicKey"].get<std::string>()));
  auto import = [&](std::string_view material, const std::string& expires) {
    auto wrapped = asymmetric_encrypt(*pem, Algorithm::kOaepSha256, material);
    return code("ImportKeyMaterial", {{"KeyId", key},
                                      {"ImportToken", parameters["ImportToken"]},
                                      {"EncryptedKeyMaterial", base64_of(*wrapped)},
                                      {"KeyMaterialExpireUnix", expires}});
  };
  const std::string material(32, 'm');
  EXPECT_EQ(import("too short", "0"), "InvalidKeyMaterial");
  EXPECT_EQ(import(material, "1"), "InvalidParameter");
  EXPECT_EQ(import(material, "1800003600"), "ok");
  std::string ciphertext = encrypt(key, "x");
  now += std::chrono::hours(1);
  EXPECT_EQ(describe(key)["KeyState"], "PendingImport");
  tidy();
  EXPECT_EQ(code("Decrypt", {{"CiphertextBlob", ciphertext}}), "Rejected.PendingImport");
  EXPECT_EQ(import(std::string(32, 'n'), "0"), "InvalidKeyMaterial");
  EXPECT_EQ(import(material, "0"), "ok");
  ok("Decrypt", {{"CiphertextBlob", ciphertext}});
  ok("DeleteKeyMaterial", {{"KeyId", key}});
  EXPECT_EQ(describe(key)["KeyState"], "PendingImport");
  now += days(1);
  EXPECT_EQ(import(material, "0"), "ExpiredImportToken");
  parameters["ImportToken"] = base64_of("forged");
  EXPECT_EQ(import(material, "0"), "InvalidImportToken");
  EXPECT_EQ(code("GetParametersForImport", {{"KeyId", make_key()},
                                            {"WrappingAlgorithm", "RSAES_OAEP_SHA_1"},
                                            {"WrappingKeySpec", "RSA_2048"}}),
            "Unsupported.Origin");
}

TEST_F(Kms, SecretsHaveVersionsAndStages) {
  std::string key = make_key();
  ok("CreateSecret", {{"SecretName", "db/p"},
                      {"SecretData", "one"},
                      {"VersionId", "v1"},
                      {"EncryptionKeyId", key}});
  EXPECT_EQ(code("CreateSecret", {{"SecretName", "db/p"}, {"SecretData", "x"}, {"VersionId", "v"}}),
            "Rejected.ResourceExist");
  auto put =
      ok("PutSecretValue", {{"SecretName", "db/p"}, {"SecretData", "two"}, {"VersionId", "v2"}});
  EXPECT_EQ(put["VersionStages"]["VersionStage"], Json::array({"ACSCurrent"}));
  auto value = [&](std::vector<http::QueryParam> more) {
    more.push_back({"SecretName", "db/p"});
    return ok("GetSecretValue", more)["SecretData"].get<std::string>();
  };
  EXPECT_EQ(value({}), "two");
  EXPECT_EQ(value({{"VersionStage", "ACSPrevious"}}), "one");
  EXPECT_EQ(value({{"VersionId", "v1"}}), "one");
  // Again the same is nothing new; another value under the name is refused.
  EXPECT_EQ(
      code("PutSecretValue", {{"SecretName", "db/p"}, {"SecretData", "two"}, {"VersionId", "v2"}}),
      "ok");
  EXPECT_EQ(code("PutSecretValue",
                 {{"SecretName", "db/p"}, {"SecretData", "other"}, {"VersionId", "v2"}}),
            "Rejected.ResourceExist");
  ok("UpdateSecretVersionStage",
     {{"SecretName", "db/p"}, {"VersionStage", "ACSCurrent"}, {"MoveToVersion", "v1"}});
  EXPECT_EQ(value({}), "one");
  EXPECT_EQ(value({{"VersionStage", "ACSPrevious"}}), "two");
  EXPECT_EQ(code("UpdateSecretVersionStage",
                 {{"SecretName", "db/p"}, {"VersionStage", "mine"}, {"RemoveFromVersion", "v1"}}),
            "Forbidden.ResourceNotFound");
  ok("DisableKey", {{"KeyId", key}});
  EXPECT_EQ(code("GetSecretValue", {{"SecretName", "db/p"}}), "Rejected.Disabled");
}

TEST_F(Kms, SecretsKeepTenVersions) {
  ok("CreateSecret", {{"SecretName", "s"}, {"SecretData", "0"}, {"VersionId", "v0"}});
  for (int i = 1; i <= 12; ++i) {
    ok("PutSecretValue", {{"SecretName", "s"},
                          {"SecretData", std::to_string(i)},
                          {"VersionId", "v" + std::to_string(i)}});
  }
  auto all = ok("ListSecretVersionIds",
                {{"SecretName", "s"}, {"IncludeDeprecated", "true"}, {"PageSize", "100"}});
  EXPECT_EQ(all["TotalCount"], kMaxVersionsOfSecret);
  EXPECT_EQ(all["VersionIds"]["VersionId"][0]["VersionId"], "v3");
  EXPECT_EQ(ok("ListSecretVersionIds", {{"SecretName", "s"}})["TotalCount"], 2);
  EXPECT_EQ(code("GetSecretValue", {{"SecretName", "s"}, {"VersionId", "v2"}}),
            "Forbidden.ResourceNotFound");
}

TEST_F(Kms, DeletedSecretsMayBeRestored) {
  std::vector<http::QueryParam> make = {
      {"SecretName", "s"}, {"SecretData", "x"}, {"VersionId", "v"}};
  ok("CreateSecret", make);
  ok("DeleteSecret", {{"SecretName", "s"}, {"RecoveryWindowInDays", "7"}});
  EXPECT_EQ(code("GetSecretValue", {{"SecretName", "s"}}), "Rejected.ResourceInDeleteWindow");
  EXPECT_EQ(code("CreateSecret", make), "Rejected.ResourceInDeleteWindow");
  ok("RestoreSecret", {{"SecretName", "s"}});
  EXPECT_EQ(ok("GetSecretValue", {{"SecretName", "s"}})["SecretData"], "x");
  ok("DeleteSecret", {{"SecretName", "s"}, {"RecoveryWindowInDays", "7"}});
  now += days(7);
  EXPECT_EQ(code("RestoreSecret", {{"SecretName", "s"}}), "Forbidden.ResourceNotFound");
  ok("CreateSecret", make);  // before housekeeping came
  ok("DeleteSecret", {{"SecretName", "s"}, {"ForceDeleteWithoutRecovery", "true"}});
  EXPECT_EQ(ok("ListSecrets")["TotalCount"], 0);
}

TEST_F(Kms, BinarySecretsAreBase64) {
  EXPECT_EQ(code("CreateSecret", {{"SecretName", "b"},
                                  {"SecretData", "not base64"},
                                  {"SecretDataType", "binary"},
                                  {"VersionId", "v"}}),
            "InvalidParameter");
  ok("CreateSecret", {{"SecretName", "b"},
                      {"SecretData", "AAEC"},
                      {"SecretDataType", "binary"},
                      {"VersionId", "v"}});
  auto value = ok("GetSecretValue", {{"SecretName", "b"}});
  EXPECT_EQ(value["SecretData"], "AAEC");
  EXPECT_EQ(value["SecretDataType"], "binary");
}

TEST_F(Kms, TagsAreListedAndFiltered) {
  std::string key = make_key({{"Tags", R"([{"TagKey":"a","TagValue":"1"}])"}});
  ok("TagResource", {{"KeyId", key}, {"Tags", R"([{"TagKey":"b","TagValue":"2"}])"}});
  ok("TagResources",
     {{"ResourceType", "key"}, {"ResourceId.1", key}, {"Tag.1.Key", "c"}, {"Tag.1.Value", "3"}});
  EXPECT_EQ(ok("ListResourceTags", {{"KeyId", key}})["Tags"]["Tag"].size(), 3U);
  ok("UntagResource", {{"KeyId", key}, {"TagKeys", R"(["a"])"}});
  ok("UntagResources", {{"ResourceType", "key"}, {"ResourceId.1", key}, {"TagKey.1", "b"}});
  auto found = ok("ListTagResources", {{"ResourceType", "key"}, {"Tag.1.Key", "c"}});
  ASSERT_EQ(found["TagResources"]["TagResource"].size(), 1U);
  EXPECT_EQ(found["TagResources"]["TagResource"][0]["ResourceId"], key);
  EXPECT_EQ(code("TagResource", {{"KeyId", key}, {"Tags", "[1]"}}), "InvalidParameter");
  std::string many = "[";
  for (int i = 0; i < 20; ++i) {
    many += R"({"TagKey":"k)" + std::to_string(i) + R"(","TagValue":""},)";
  }
  many.back() = ']';
  EXPECT_EQ(code("TagResource", {{"KeyId", key}, {"Tags", many}}), "Rejected.LimitExceeded");
}

TEST_F(Kms, ListsAreFilteredAndPaged) {
  for (int i = 0; i < 3; ++i) make_key();
  std::string disabled = make_key();
  ok("DisableKey", {{"KeyId", disabled}});
  auto page = ok("ListKeys", {{"PageNumber", "2"}, {"PageSize", "3"}});
  EXPECT_EQ(page["TotalCount"], 4);
  EXPECT_EQ(page["Keys"]["Key"].size(), 1U);
  EXPECT_EQ(ok("ListKeys", {{"PageNumber", "9"}})["Keys"]["Key"].size(), 0U);
  EXPECT_EQ(code("ListKeys", {{"PageSize", "101"}}), "InvalidParameter");
  auto filtered = ok("ListKeys", {{"Filters", R"([{"Key":"KeyState","Values":["Disabled"]}])"}});
  ASSERT_EQ(filtered["TotalCount"], 1);
  EXPECT_EQ(filtered["Keys"]["Key"][0]["KeyId"], disabled);
  EXPECT_EQ(code("ListKeys", {{"Filters", R"([{"Key":"Nothing","Values":[]}])"}}),
            "InvalidParameter");
}

TEST_F(Kms, AccountsReachTheirOwnAlone) {
  std::string key = make_key();
  std::string key_arn = describe(key)["Arn"];
  std::string ciphertext = encrypt(key, "x");
  ok("CreateSecret", {{"SecretName", "s"}, {"SecretData", "x"}, {"VersionId", "v"}});
  caller = root("1234567890123457");
  EXPECT_EQ(code("DescribeKey", {{"KeyId", key}}), "Forbidden.KeyNotFound");
  EXPECT_EQ(code("DescribeKey", {{"KeyId", key_arn}}), "Forbidden.KeyNotFound");
  EXPECT_EQ(code("Decrypt", {{"CiphertextBlob", ciphertext}}), "Forbidden.KeyNotFound");
  EXPECT_EQ(code("GetSecretValue", {{"SecretName", "s"}}), "Forbidden.ResourceNotFound");
  EXPECT_EQ(ok("ListKeys")["TotalCount"], 0);
  EXPECT_EQ(ok("ListSecrets")["TotalCount"], 0);
}

TEST_F(Kms, WhoIsAllowedNothingLearnsNothing) {
  std::string key = make_key();
  caller.principal.kind = Principal::Kind::kUser;
  caller.principal.name = "ann";
  for (const gateway::OperationInfo& row : product->operations()) {
    if (!row.implemented || row.name == "DescribeRegions") continue;
    auto answer = call(row.name, {{"KeyId", key}});
    ASSERT_FALSE(answer) << row.name;
    EXPECT_EQ(answer.error().code, "Forbidden.NoPermission") << row.name;
    EXPECT_FALSE(answer.error().access_denied.empty()) << row.name;
  }
  ok("DescribeRegions");
}

// From the lookup on, a name stands for what it stood for.
TEST(Names, StandForTheSame) {
  http::Request request;
  rpc::Parameters parameters({}, {});
  auth::Identity caller;
  const wire::Invocation in(rpc::Invocation{request, parameters, caller, Time()});
  EXPECT_FALSE(in.has_names());
  EXPECT_EQ(in.meant_by("alias/a", "k-1"), "k-1");
  EXPECT_EQ(in.meant_by("alias/a", "k-2"), "k-1");
  EXPECT_EQ(in.meant_by("alias/b", ""), "");
  EXPECT_EQ(in.meant_by("alias/b", "k-1"), "");
  EXPECT_TRUE(in.has_names());
}

TEST_F(Kms, DryRunsSayWhetherItWouldWork) {
  std::string key = make_key();
  EXPECT_EQ(code("Encrypt", {{"KeyId", key}, {"Plaintext", "eA=="}, {"DryRun", "true"}}),
            "DryRunOperationError");
  EXPECT_EQ(code("Encrypt", {{"KeyId", key}, {"DryRun", "true"}}), "MissingParameter");
}

TEST_F(Kms, WhatIsNotSupportedSaysSo) {
  EXPECT_EQ(code("CreateKey", {{"DKMSInstanceId", "kst-1"}}), "NotImplemented");
  EXPECT_EQ(code("CreateKey", {{"KeySpec", "EC_SM2"}}), "NotImplemented");
  EXPECT_EQ(code("CreateKey", {{"KeySpec", "DES"}}), "InvalidParameter");
  EXPECT_EQ(code("CreateKey", {{"ProtectionLevel", "HSM"}}), "Unsupported.ProtectionLevel");
  EXPECT_EQ(code("CreateKey", {{"KeySpec", "EC_P256"}, {"KeyUsage", "ENCRYPT/DECRYPT"}}),
            "InvalidParameter");
  EXPECT_EQ(
      code("CreateSecret",
           {{"SecretName", "s"}, {"SecretData", "x"}, {"VersionId", "v"}, {"SecretType", "Rds"}}),
      "NotImplemented");
}

TEST_F(Kms, DescribesItself) {
  EXPECT_EQ(ok("DescribeRegions")["Regions"]["Region"][0]["RegionId"], "cn-hangzhou");
  auto service = ok("DescribeService");
  EXPECT_EQ(service["ProtectionLevels"]["ProtectionLevel"][0]["Type"], "SOFTWARE");
  EXPECT_EQ(service["KeySpecs"]["KeySpec"][1]["Usages"]["Usage"].size(), 2U);
  EXPECT_EQ(
      service["KeySpecs"]["KeySpec"][0]["SupportedProtectionLevels"]["SupportedProtectionLevel"],
      Json::array({"SOFTWARE"}));
  EXPECT_EQ(ok("DescribeAccountKmsStatus")["AccountStatus"], "Enabled");
  EXPECT_EQ(code("OpenKmsService", {}), "Forbidden.Opened");
  auto password = ok("GetRandomPassword", {{"PasswordLength", "20"}, {"ExcludeNumbers", "true"}});
  EXPECT_EQ(password["RandomPassword"].get<std::string>().size(), 20U);
}

}  // namespace
}  // namespace lakeside::kms
