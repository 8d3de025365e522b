// Requests as text, for tests: what the connection's parser makes of a head, without one.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/auth/authenticate.h"

namespace lakeside::auth::testing {

inline constexpr std::string_view kTestKeyId = "LTAI5tLakesideTest";
inline constexpr std::string_view kTestSecret = "hYq3kT0pVn2zS8wXb6LdRf4mJc9gUe1a";

// One enabled key, and one that is disabled: "DISABLED", with the same secret.
class TestKeys final : public KeySource {
 public:
  explicit TestKeys(std::string_view id = kTestKeyId, std::string_view secret = kTestSecret)
      : id_(id), secret_(secret) {}
  [[nodiscard]] std::optional<Credential> find(std::string_view access_key_id) const override;

 private:
  std::string id_;
  std::string secret_;
};

[[nodiscard]] Time at(std::int64_t seconds_since_1970);

struct TestRequest {
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;
  SignedTarget signed_target;
  Time now{};

  // "GET /x?y\nHost: h\n…"
  static TestRequest parse(std::string_view text);

  // Views into this request.
  [[nodiscard]] http::RequestHead head() const;
  std::string& header(std::string_view name);  // added where absent
  void remove_header(std::string_view name);
  // Replaces the first `from` in the target, which must be there.
  void edit_target(std::string_view from, std::string_view to);

  [[nodiscard]] std::expected<Identity, AuthError> authenticate(
      const AuthOptions& options = {}) const;
  // Well-formed, and authenticated as somebody.
  [[nodiscard]] bool accepted() const;
};

struct SdkRequest {
  std::string name;  // "oss2 2.19.1: v1 put"
  Scheme scheme;
  bool presigned;
  TestRequest request;
};
// tests/data/sdk_requests.txt
[[nodiscard]] std::vector<SdkRequest> sdk_requests();

struct SdkForm {
  std::string name;
  Scheme scheme;
  Time now;
  std::vector<std::pair<std::string, std::string>> fields;
};
// tests/data/sdk_forms.txt
[[nodiscard]] std::vector<SdkForm> sdk_forms();

}  // namespace lakeside::auth::testing
