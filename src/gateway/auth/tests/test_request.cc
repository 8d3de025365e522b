#include "gateway/auth/tests/test_request.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/encoding.h"

namespace lakeside::auth::testing {
namespace {

// Whole text in, lines out; stops the test program where the data are not as they should be.
std::string read_file(const std::string& name) {
  std::ifstream in(std::string(LAKESIDE_AUTH_TEST_DATA) + "/" + name);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) {
    std::cerr << "cannot read " << name << "\n";
    std::abort();
  }
  return text.str();
}

std::vector<std::string> blocks(const std::string& text) {
  std::vector<std::string> out;
  std::string block;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#') && block.empty()) continue;
    if (!line.empty()) {
      block += line + "\n";
    } else if (!block.empty()) {
      out.push_back(std::exchange(block, {}));
    }
  }
  if (!block.empty()) out.push_back(block);
  return out;
}

// Takes "name: value\n" from the front of a block.
std::string take(std::string& block, std::string_view name) {
  std::size_t end = block.find('\n');
  std::string line = block.substr(0, end);
  if (!line.starts_with(name) || end == std::string::npos) {
    std::cerr << "expected " << name << ": " << line << "\n";
    std::abort();
  }
  block.erase(0, end + 1);
  return std::string(trim(std::string_view(line).substr(name.size() + 1)));
}

Scheme scheme_named(std::string_view name) {
  if (name.starts_with("oss-v1")) return Scheme::kOssV1;
  if (name.starts_with("oss-v2")) return Scheme::kOssV2;
  if (name.starts_with("oss-v4")) return Scheme::kOssV4;
  if (name.starts_with("aws-v2")) return Scheme::kAwsV2;
  return Scheme::kAwsV4;
}

}  // namespace

Time at(std::int64_t seconds_since_1970) { return Time(std::chrono::seconds(seconds_since_1970)); }

std::optional<Credential> TestKeys::find(std::string_view access_key_id) const {
  Credential credential;
  credential.secret = secret_;
  credential.principal.kind = Principal::Kind::kRoot;
  credential.principal.account_id = "1000000000000001";
  credential.principal.name = "root";
  credential.enabled = access_key_id != "DISABLED";
  if (credential.enabled && access_key_id != id_) return std::nullopt;
  return credential;
}

TestRequest TestRequest::parse(std::string_view text) {
  TestRequest request;
  std::istringstream lines{std::string(text)};
  lines >> request.method >> request.target;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::size_t colon = line.find(':');
    request.headers.emplace_back(line.substr(0, colon),
                                 trim(std::string_view(line).substr(colon + 1)));
  }
  return request;
}

http::RequestHead TestRequest::head() const {
  http::RequestHead head;
  head.method = method;
  head.target = target;
  std::string_view view = target;
  std::size_t mark = view.find('?');
  head.raw_path = view.substr(0, mark);
  if (mark != std::string_view::npos) head.raw_query = view.substr(mark + 1);
  head.query = http::parse_query(head.raw_query).value_or(std::vector<http::QueryParam>());
  for (const auto& [name, value] : headers) head.headers.push_back({name, value});
  return head;
}

std::string& TestRequest::header(std::string_view name) {
  for (auto& [existing, value] : headers) {
    if (equals_ignore_case(existing, name)) return value;
  }
  return headers.emplace_back(name, "").second;
}

void TestRequest::remove_header(std::string_view name) {
  std::erase_if(headers, [&](const auto& h) { return equals_ignore_case(h.first, name); });
}

void TestRequest::edit_target(std::string_view from, std::string_view to) {
  std::size_t place = target.find(from);
  if (place == std::string::npos) {
    std::cerr << "no " << from << " in " << target << "\n";
    std::abort();
  }
  target.replace(place, from.size(), to);
}

std::expected<Identity, AuthError> TestRequest::authenticate(const AuthOptions& options) const {
  return auth::authenticate(head(), signed_target, TestKeys(), now, options);
}

bool TestRequest::accepted() const {
  std::size_t mark = target.find('?');
  if (mark != std::string::npos && !http::parse_query(target.substr(mark + 1))) return false;
  auto verdict = authenticate();
  return verdict && verdict->scheme != Scheme::kAnonymous;
}

std::vector<SdkRequest> sdk_requests() {
  std::vector<SdkRequest> out;
  for (std::string block : blocks(read_file("sdk_requests.txt"))) {
    SdkRequest sdk;
    sdk.name = take(block, "sdk") + ": ";
    sdk.name += take(block, "case");
    std::string scheme = take(block, "scheme");
    sdk.scheme = scheme_named(scheme);
    sdk.presigned = scheme.ends_with("presigned");
    Time now = at(std::atoll(take(block, "now").c_str()));
    SignedTarget target;
    target.bucket = take(block, "bucket");
    target.key = percent_decode(take(block, "key")).value();
    sdk.request = TestRequest::parse(block);
    sdk.request.now = now;
    sdk.request.signed_target = target;
    out.push_back(std::move(sdk));
  }
  return out;
}

std::vector<SdkForm> sdk_forms() {
  std::vector<SdkForm> out;
  for (std::string block : blocks(read_file("sdk_forms.txt"))) {
    SdkForm form;
    form.name = take(block, "sdk") + ": ";
    form.name += take(block, "case");
    form.scheme = scheme_named(take(block, "scheme"));
    form.now = at(std::atoll(take(block, "now").c_str()));
    std::istringstream lines(block);
    for (std::string line; std::getline(lines, line);) {
      std::size_t equals = line.find('=');
      form.fields.emplace_back(line.substr(0, equals), line.substr(equals + 1));
    }
    out.push_back(std::move(form));
  }
  return out;
}

}  // namespace lakeside::auth::testing
