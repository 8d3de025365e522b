// What real RPC clients signed is accepted once, and nothing near it.
#include "gateway/auth/rpc.h"

#include <fstream>

#include <gtest/gtest.h>

#include "gateway/auth/tests/test_request.h"

namespace lakeside::auth::testing {
namespace {

constexpr std::int64_t kCaptured = 1795329854;  // 2026-11-22T06:44:14Z

class TwoKeys final : public KeySource {
 public:
  explicit TwoKeys(std::string secret = "testsecret") : secret_(std::move(secret)) {}
  [[nodiscard]] std::optional<Credential> find(std::string_view id) const override {
    if (id != "testid") return std::nullopt;
    return Credential{secret_, {Principal::Kind::kRoot, "1", "root", "testid"}, true};
  }
  [[nodiscard]] std::expected<Credential, TokenFault> find_session(std::string_view id,
                                                                   std::string_view token,
                                                                   Time) const override {
    if (token == "OLD") return std::unexpected(TokenFault::kExpired);
    if (id != "testid" || token != "TOK/en+==") return std::unexpected(TokenFault::kMalformed);
    return Credential{secret_, {Principal::Kind::kRole, "1", "role", "testid"}, true};
  }

 private:
  std::string secret_;
};

struct Captured {
  std::string name;
  std::string body;
  TestRequest request;
};

std::vector<Captured> captured() {
  std::ifstream file(std::string(LAKESIDE_AUTH_TEST_DATA) + "/rpc_requests.txt");
  std::vector<Captured> all;
  std::string line;
  while (std::getline(file, line)) {
    if (!line.starts_with("sdk: ")) continue;
    Captured one{line.substr(5), {}, {}};
    std::getline(file, line);
    one.body = line.substr(6);
    std::string text;
    while (std::getline(file, line) && !line.empty()) text += line + "\n";
    one.request = TestRequest::parse(text);
    all.push_back(std::move(one));
  }
  return all;
}

struct Door {
  Nonces nonces{std::chrono::seconds(900)};
  TwoKeys keys;
  Time now = at(kCaptured);

  std::expected<Identity, AuthError> admit(const Captured& one) {
    http::RequestHead head = one.request.head();
    std::vector<http::QueryParam> form;
    if (head.header("content-type") == "application/x-www-form-urlencoded") {
      form = http::parse_query(one.body).value();
    }
    return authenticate_rpc({head, form, one.body}, keys, nonces, now, {});
  }
};

TEST(Rpc, RealClientsAreAdmittedOnce) {
  Door door;
  auto all = captured();
  ASSERT_EQ(all.size(), 11U);
  for (const Captured& one : all) {
    SCOPED_TRACE(one.name);
    auto verdict = door.admit(one);
    ASSERT_TRUE(verdict) << verdict.error().message << "\n"
                         << verdict.error().string_to_sign << "\n"
                         << verdict.error().canonical_request;
    EXPECT_EQ(verdict->scheme,
              one.name.find(": V3") != std::string::npos ? Scheme::kAcs3 : Scheme::kRpcV1);
    bool session = one.name.ends_with("with token");
    EXPECT_EQ(verdict->principal.kind, session ? Principal::Kind::kRole : Principal::Kind::kRoot);
    auto again = door.admit(one);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().fault, AuthFault::kNonceUsed);
  }
}

TEST(Rpc, NothingElseMatches) {
  for (const Captured& one : captured()) {
    SCOPED_TRACE(one.name);
    Door door;
    door.keys = TwoKeys("another");
    auto verdict = door.admit(one);
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().fault, AuthFault::kSignatureMismatch);
    EXPECT_FALSE(verdict.error().string_to_sign.empty());

    Door other;
    Captured changed = one;
    changed.request.method = one.request.method == "GET" ? "POST" : "GET";
    EXPECT_FALSE(other.admit(changed));
    changed = one;
    changed.request.target += changed.request.target.find('?') == std::string::npos ? "?" : "&";
    changed.request.target += "NewUserName=eve";
    EXPECT_FALSE(other.admit(changed));
    changed = one;
    changed.body += "&NewUserName=eve";
    if (one.name.find("V1 GET") == std::string::npos) {
      EXPECT_FALSE(other.admit(changed));
    }
    // None of those used the nonce up.
    EXPECT_TRUE(other.admit(one));
  }
}

TEST(Rpc, TimesBeyondTheSkewAreRefused) {
  for (const Captured& one : captured()) {
    SCOPED_TRACE(one.name);
    for (int off : {-910, 910}) {
      Door door;
      door.now = at(kCaptured + off);
      auto verdict = door.admit(one);
      ASSERT_FALSE(verdict);
      EXPECT_EQ(verdict.error().fault, AuthFault::kSkewed);
    }
  }
}

TEST(Rpc, HeadersThatChangeTheRequestMustBeSigned) {
  Captured one = captured()[3];
  one.request.headers.emplace_back("x-acs-security-token", "TOK/en+==");
  Door door;
  auto verdict = door.admit(one);
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().fault, AuthFault::kMalformed);
  EXPECT_EQ(verdict.error().argument_name, "SignedHeaders");
}

TEST(Rpc, MissingPartsAreNamed) {
  struct {
    const char* target;
    const char* name;
  } rows[] = {
      {"/?Signature=x", "AccessKeyId"},
      {"/?AccessKeyId=testid", "Signature"},
      {"/?AccessKeyId=testid&Signature=x", "SignatureMethod"},
      {"/?AccessKeyId=testid&Signature=x&SignatureMethod=HMAC-MD5", "SignatureMethod"},
      {"/?AccessKeyId=testid&Signature=x&SignatureMethod=HMAC-SHA256", "SignatureVersion"},
      {"/?AccessKeyId=testid&Signature=x&SignatureMethod=HMAC-SHA256&SignatureVersion=1.0",
       "SignatureNonce"},
      {"/?AccessKeyId=testid&Signature=x&SignatureMethod=HMAC-SHA256&SignatureVersion=1.0&"
       "SignatureNonce=1",
       "Timestamp"},
      {"/?AccessKeyId=testid&Signature=x&SignatureMethod=HMAC-SHA256&SignatureVersion=1.0&"
       "SignatureNonce=1&Timestamp=today",
       "Timestamp"},
  };
  for (const auto& row : rows) {
    Captured one;
    one.request = TestRequest::parse(std::string("GET ") + row.target + "\nHost: h\n");
    Door door;
    auto verdict = door.admit(one);
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().argument_name, row.name);
  }
}

TEST(Rpc, TokensThatEnded) {
  Captured one;
  one.request = TestRequest::parse(
      "GET /?AccessKeyId=STS.x&Signature=x&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0&"
      "SignatureNonce=1&SecurityToken=OLD&Timestamp=2026-11-22T06:44:14.5Z\nHost: h\n");
  Door door;
  auto verdict = door.admit(one);
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().fault, AuthFault::kExpiredToken);
  one.request.edit_target("OLD", "WRONG");
  verdict = door.admit(one);
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().fault, AuthFault::kMalformedToken);
}

TEST(Nonces, AreKnownForBothSidesOfTheSkewAndBounded) {
  Nonces nonces(std::chrono::seconds(900), 2);
  Time start = at(kCaptured);
  EXPECT_EQ(nonces.add("a", "1", start), Nonces::Verdict::kNew);
  EXPECT_EQ(nonces.add("a", "1", start + std::chrono::seconds(1799)), Nonces::Verdict::kUsed);
  EXPECT_EQ(nonces.add("b", "1", start + std::chrono::seconds(1799)), Nonces::Verdict::kNew);
  EXPECT_EQ(nonces.add("b", "2", start + std::chrono::seconds(1799)), Nonces::Verdict::kFull);
  EXPECT_EQ(nonces.add("b", "1", start + std::chrono::seconds(1801)), Nonces::Verdict::kUsed);
  EXPECT_EQ(nonces.add("b", "2", start + std::chrono::seconds(1801)), Nonces::Verdict::kNew);
  EXPECT_EQ(nonces.add("b", "1", start + std::chrono::seconds(9000)), Nonces::Verdict::kNew);
}

}  // namespace
}  // namespace lakeside::auth::testing
