#include "gateway/rpc/audit.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"

namespace lakeside::rpc {
namespace {

// Of every request: Action and Version are the event's own members, the rest is the signature.
constexpr std::array<std::string_view, 10> kOfTheRequest = {
    "Action",          "Version",          "Format",         "Timestamp",   "Signature",
    "SignatureMethod", "SignatureVersion", "SignatureNonce", "AccessKeyId", "SignatureType"};

// Parts of names, in lower case.
constexpr std::array<std::string_view, 11> kSecretParts = {
    "password",    "secret",     "token",     "plaintext",          "assertion",   "privatekey",
    "keymaterial", "credential", "signature", "authenticationcode", "securitycode"};
// What names a secret is none.
constexpr std::array<std::string_view, 9> kHarmlessEnds = {
    "name", "id", "type", "arn", "version", "stage", "nexttoken", "clienttoken", "required"};

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

}  // namespace

bool is_secret(std::string_view parameter) {
  const std::string name = to_lower_ascii(parameter);
  if (std::ranges::none_of(kSecretParts, [&](auto part) { return contains(name, part); }))
    return false;
  return std::ranges::none_of(kHarmlessEnds, [&](auto end) { return name.ends_with(end); });
}

std::vector<std::pair<std::string, std::string>> audited_parameters(const Parameters& parameters) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const http::QueryParam& parameter : parameters.all()) {
    if (std::ranges::find(kOfTheRequest, parameter.name) != kOfTheRequest.end()) continue;
    if (!is_secret(parameter.name)) out.emplace_back(parameter.name, parameter.value);
  }
  return out;
}

NamedResource resource_of(std::string_view resource) {
  if (!resource.starts_with("acs:")) return {};
  std::string_view service = resource.substr(4);
  service = service.substr(0, service.find(':'));
  std::size_t colon = resource.rfind(':');
  std::string_view relative = resource.substr(colon + 1);
  std::size_t slash = relative.find('/');
  if (slash == relative.npos || slash == 0 || slash + 1 == relative.size()) return {};
  std::string_view kind = relative.substr(0, slash);
  std::string_view name = relative.substr(slash + 1);
  if (name == "*") return {};
  return {"ACS::" + upper(service) + "::" + upper(kind.substr(0, 1)) + std::string(kind.substr(1)),
          std::string(name)};
}

}  // namespace lakeside::rpc
