// Sessions of roles for whom an identity provider vouches. The request is not signed: the token is.
#include <algorithm>

#include "services/ram/core/jwt.h"
#include "services/ram/core/oidc_keys.h"
#include "services/ram/evaluate.h"
#include "services/ram/wire/codecs.h"
#include "services/ram/wire/fields.h"

namespace lakeside::ram::wire {
namespace {

// Clocks differ.
constexpr std::chrono::seconds kLeeway{60};

// Codes, statuses and texts of the vendor's page of STS's errors (api-sts-2015-04-01-errorcodes)
// and of RRSA's for issuers. What it says of a token that is not valid yet, nobody has written
// down.
Fault refused(std::string_view code, std::string_view message) {
  return {401, "AuthenticationFail.OIDCToken." + std::string(code), std::string(message)};
}

Fault unknown_algorithm(const IdToken& token) {
  return refused("Invalid", "The algorithm " + token.algorithm +
                                " that be specified in Jwt header is unknown.");
}

Read<std::shared_ptr<const OidcProvider>> find_provider(const Environment& env,
                                                        const Parameters& in) {
  auto named = in.required("OIDCProviderArn");
  if (!named) return std::unexpected(std::move(named.error()));
  const std::string start = arn(env, "oidc-provider/");
  auto provider = named->starts_with(start)
                      ? env.store.find<OidcProvider>(named->substr(start.size()))
                      : nullptr;
  if (provider == nullptr) {
    return std::unexpected(
        Fault{401, "AuthenticationFail.NoPermission", "No such OIDC Provider registered."});
  }
  return provider;
}

std::optional<Fault> check_claims(const IdToken& token, const OidcProvider& provider, Time now) {
  if (token.issuer != provider.issuer) {
    return refused("IssuerNotMatch",
                   "The issuer in the OIDC Token doesn't match the OIDC Provider registered.");
  }
  bool meant = std::ranges::any_of(token.audiences, [&](const std::string& audience) {
    return std::ranges::find(provider.client_ids, audience) != provider.client_ids.end();
  });
  if (!meant) return refused("AudienceNotMatch", "Invalid audience.");
  if (token.expires + kLeeway <= now) return refused("Expired", "This JsonWebToken is expired.");
  const bool early =
      token.issued > now + kLeeway || (token.not_before && *token.not_before > now + kLeeway);
  if (early) return refused("NotYetValid", "The OIDC token is not valid yet.");
  if (now - token.issued > std::chrono::hours(provider.issuance_limit_hours) + kLeeway) {
    return refused("IssuanceTimeExceeded",
                   "The OIDC token was issued longer ago than the provider's IssuanceLimitTime.");
  }
  return std::nullopt;
}

Task<std::optional<Fault>> check_signature(Environment& env, const IdToken& token) {
  auto verdict = SignatureVerdict::kNoKey;
  // A key that is not there may be newer than what is at hand.
  for (bool again : {false, true}) {
    auto keys = co_await env.oidc_keys->key_set(token.issuer, again);
    if (!keys) {
      Fault fault =
          refused("IssuerConfigurationBroken",
                  "Get public keys from OIDC Provider failed, the issuer is " + token.issuer + ".");
      fault.internal = keys.error().detail;
      co_return fault;
    }
    verdict = verify(token, *keys);
    if (verdict != SignatureVerdict::kNoKey) break;
  }
  if (verdict == SignatureVerdict::kGood) co_return std::nullopt;
  co_return refused("InvalidSignature", "OIDC token validate failed: invalid signature.");
}

class TokenContext final : public ContextSource {
 public:
  TokenContext(const Invocation& in, const IdToken& token) : in_(in), token_(token) {}
  void fill(Context& context) const override {
    context.add("acs:SourceIp", in_.request.peer);
    context.add("acs:SecureTransport", in_.request.tls ? "true" : "false");
    context.add("acs:CurrentTime", format_iso8601_millis(in_.now));
    context.add("oidc:iss", token_.issuer);
    context.add("oidc:sub", token_.subject);
    for (const std::string& audience : token_.audiences) context.add("oidc:aud", audience);
  }

 private:
  const Invocation& in_;
  const IdToken& token_;
};

Value info_of(const IdToken& token) {
  std::string audiences;
  for (const std::string& one : token.audiences) {
    audiences += (audiences.empty() ? "" : ",") + one;
  }
  return {{"Subject", token.subject},
          {"Issuer", token.issuer},
          {"ClientIds", audiences},
          {"IssuanceTime", date(token.issued)},
          {"ExpirationTime", date(token.expires)},
          {"VerificationInfo", "Success"}};
}

}  // namespace

Task<Answer> assume_role_with_oidc(Environment& env, const Invocation& in) {
  if (env.is_disabled()) {
    co_return std::unexpected(Fault{403, "NoPermission", "The role's account is disabled."});
  }
  auto provider = find_provider(env, in.parameters);
  if (!provider) co_return std::unexpected(std::move(provider.error()));
  const std::string_view text = in.parameters.get("OIDCToken");
  if (text.empty()) {
    co_return std::unexpected(refused("Invalid", "The OIDCToken can not empty."));
  }
  if (std::ranges::count(text, '.') != 2) {
    co_return std::unexpected(
        refused("Invalid", "The number of Jwt field should be divided into 3 parts with '.' ."));
  }
  auto token = read_id_token(text);
  if (!token) {
    co_return std::unexpected(
        refused("Invalid", "The Jwt content is invalid that cannot be recognized."));
  }
  if (token->algorithm != "RS256" && token->algorithm != "ES256") {
    co_return std::unexpected(unknown_algorithm(*token));
  }
  if (auto fault = check_claims(*token, **provider, in.now)) co_return std::unexpected(*fault);
  auto fault = co_await check_signature(env, *token);
  if (fault) co_return std::unexpected(*fault);
  auto role = role_to_assume(env, in.parameters);
  if (!role) co_return std::unexpected(std::move(role.error()));
  const std::string provider_arn = arn(env, "oidc-provider/" + (*provider)->name);
  const std::string resource = "acs:ram:*:" + env.store.account_id() + ":role/" + (*role)->name;
  TokenContext context(in, *token);
  AccessRequest request{"sts:AssumeRole", resource, env.store.account_id(), false, &context};
  if (!evaluate_federated(provider_arn, request, *(*role)->compiled_trust).allowed) {
    co_return std::unexpected(
        Fault{401, "AuthenticationFail.NoPermission", "There is no permission"});
  }
  auto session = begin_session(in, **role);
  if (!session) co_return std::unexpected(std::move(session.error()));
  Value value = json_of(env, *session);
  value["OIDCTokenInfo"] = info_of(*token);
  co_return value;
}

}  // namespace lakeside::ram::wire
