// The records of MFA devices, identity providers, the account's settings and of when keys were
// used.
#include "services/ram/core/record_parts.h"
#include "services/ram/core/records.h"

namespace lakeside::ram {

std::string encode(const MfaDevice& device, const SealingKeys& key) {
  return text_of({{"v", 1},
                  {"name", device.name},
                  {"seed", sealed(key, device.seed, context_of("mfa", device.name))},
                  {"created", micros(device.created)},
                  {"activated", micros(device.activated)},
                  {"last_step", device.last_step}});
}

Status decode(std::string_view record, const SealingKeys& key, MfaDevice& device) {
  return decode_json(record, [&](const Json& json) -> Status {
    device.name = json.at("name").get<std::string>();
    device.created = time_of(json.at("created"));
    device.activated = time_of(json.at("activated"));
    device.last_step = json.at("last_step").get<std::uint64_t>();
    return unseal(key, json.at("seed"), context_of("mfa", device.name), device.seed);
  });
}

std::string encode(const AccountSettings& settings, const SealingKeys&) {
  const PasswordPolicy& passwords = settings.passwords;
  const SecurityPreference& preference = settings.preference;
  return text_of({{"v", 1},
                  {"name", settings.name},
                  {"alias", settings.alias},
                  {"passwords",
                   {{"minimum_length", passwords.minimum_length},
                    {"lowercase", passwords.lowercase},
                    {"uppercase", passwords.uppercase},
                    {"numbers", passwords.numbers},
                    {"symbols", passwords.symbols},
                    {"hard_expiry", passwords.hard_expiry},
                    {"max_age_days", passwords.max_age_days},
                    {"reuse_prevention", passwords.reuse_prevention},
                    {"max_login_attempts", passwords.max_login_attempts},
                    {"different_characters", passwords.different_characters},
                    {"not_contain_user_name", passwords.not_contain_user_name}}},
                  {"preference",
                   {{"change_password", preference.change_password},
                    {"manage_access_keys", preference.manage_access_keys},
                    {"manage_mfa_devices", preference.manage_mfa_devices},
                    {"login_network_masks", preference.login_network_masks},
                    {"login_session_hours", preference.login_session_hours},
                    {"mfa_for_all", preference.mfa_for_all}}}});
}

Status decode(std::string_view record, const SealingKeys&, AccountSettings& settings) {
  return decode_json(record, [&](const Json& json) -> Status {
    json.at("name").get_to(settings.name);
    json.at("alias").get_to(settings.alias);
    const Json& passwords = json.at("passwords");
    passwords.at("minimum_length").get_to(settings.passwords.minimum_length);
    passwords.at("lowercase").get_to(settings.passwords.lowercase);
    passwords.at("uppercase").get_to(settings.passwords.uppercase);
    passwords.at("numbers").get_to(settings.passwords.numbers);
    passwords.at("symbols").get_to(settings.passwords.symbols);
    passwords.at("hard_expiry").get_to(settings.passwords.hard_expiry);
    passwords.at("max_age_days").get_to(settings.passwords.max_age_days);
    passwords.at("reuse_prevention").get_to(settings.passwords.reuse_prevention);
    passwords.at("max_login_attempts").get_to(settings.passwords.max_login_attempts);
    passwords.at("different_characters").get_to(settings.passwords.different_characters);
    passwords.at("not_contain_user_name").get_to(settings.passwords.not_contain_user_name);
    const Json& preference = json.at("preference");
    preference.at("change_password").get_to(settings.preference.change_password);
    preference.at("manage_access_keys").get_to(settings.preference.manage_access_keys);
    preference.at("manage_mfa_devices").get_to(settings.preference.manage_mfa_devices);
    preference.at("login_network_masks").get_to(settings.preference.login_network_masks);
    preference.at("login_session_hours").get_to(settings.preference.login_session_hours);
    preference.at("mfa_for_all").get_to(settings.preference.mfa_for_all);
    return {};
  });
}

std::string encode(const OidcProvider& provider, const SealingKeys&) {
  return text_of({{"v", 1},
                  {"name", provider.name},
                  {"issuer", provider.issuer},
                  {"description", provider.description},
                  {"client_ids", provider.client_ids},
                  {"fingerprints", provider.fingerprints},
                  {"issuance_limit_hours", provider.issuance_limit_hours},
                  {"created", micros(provider.created)},
                  {"updated", micros(provider.updated)}});
}

Status decode(std::string_view record, const SealingKeys&, OidcProvider& provider) {
  return decode_json(record, [&](const Json& json) -> Status {
    json.at("name").get_to(provider.name);
    json.at("issuer").get_to(provider.issuer);
    json.at("description").get_to(provider.description);
    json.at("client_ids").get_to(provider.client_ids);
    json.at("fingerprints").get_to(provider.fingerprints);
    json.at("issuance_limit_hours").get_to(provider.issuance_limit_hours);
    provider.created = time_of(json.at("created"));
    provider.updated = time_of(json.at("updated"));
    return {};
  });
}

std::string encode(const EndedSession& session, const SealingKeys&) {
  return text_of({{"v", 1},
                  {"name", session.name},
                  {"until", micros(session.until)},
                  {"holder", session.holder}});
}

Status decode(std::string_view record, const SealingKeys&, EndedSession& session) {
  return decode_json(record, [&](const Json& json) -> Status {
    json.at("name").get_to(session.name);
    session.until = time_of(json.at("until"));
    session.holder = json.value("holder", "");
    return {};
  });
}

std::string encode(const KeyUse::Seen& seen) {
  return text_of({{"v", 1}, {"at", micros(seen.at)}, {"service", seen.service}});
}

Status decode(std::string_view record, KeyUse::Seen& seen) {
  return decode_json(record, [&](const Json& json) -> Status {
    seen.at = time_of(json.at("at"));
    json.at("service").get_to(seen.service);
    return {};
  });
}

}  // namespace lakeside::ram
