#include "services/actiontrail/core/event.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "base/encoding.h"

namespace lakeside::actiontrail {
namespace {

using Json = nlohmann::ordered_json;

std::string shortened(const std::string& text) {
  return text.size() <= kLongestValue ? text : text.substr(0, kLongestValue) + "...";
}

Json identity_of(const Principal& caller) {
  switch (caller.kind) {
    case Principal::Kind::kAnonymous:
      return {{"type", "anonymous"}, {"userName", "anonymous"}};
    case Principal::Kind::kRoot:
      return {{"type", "root-account"},
              {"principalId", caller.account_id},
              {"accountId", caller.account_id},
              {"accessKeyId", caller.access_key_id},
              {"userName", "root"}};
    case Principal::Kind::kUser:
      // Who calls models shows a key, which is no user's.
      if (caller.account_id.empty()) {
        return {{"type", "api-key"},
                {"principalId", caller.access_key_id},
                {"accessKeyId", caller.access_key_id},
                {"userName", caller.name}};
      }
      return {{"type", "ram-user"},
              {"principalId", caller.id},
              {"accountId", caller.account_id},
              {"accessKeyId", caller.access_key_id},
              {"userName", caller.name}};
    case Principal::Kind::kRole:
      break;
  }
  return {{"type", "assumed-role"},
          {"principalId", caller.id + ":" + caller.session},
          {"accountId", caller.account_id},
          {"accessKeyId", caller.access_key_id},
          {"userName", caller.name + ":" + caller.session}};
}

Json parameters_of(const AuditEvent& event) {
  Json out = Json::object();
  for (const auto& [name, value] : event.parameters) {
    if (out.size() == kMostParameters) break;
    out[shortened(name)] = shortened(value);
  }
  return out;
}

// Ours; the vendor's additional data has other members.
Json additional_data_of(const AuditEvent& event) {
  Json out = {{"Scheme", event.tls ? "https" : "http"}};
  Json asked = Json::array();
  for (const auto& [action, resource] : event.asked) {
    if (asked.size() == kMostAsked) {
      out["AuthorizationsTruncated"] = true;
      break;
    }
    asked.push_back({{"Action", action}, {"Resource", resource}});
  }
  if (!asked.empty()) out["Authorizations"] = std::move(asked);
  return out;
}

std::string text_at(const Json& json, const Json::json_pointer& where) {
  if (!json.contains(where)) return {};
  const Json& found = json.at(where);
  return found.is_string() ? found.get<std::string>() : std::string();
}

struct Attribute {
  std::string_view key;
  const char* where;
};
constexpr std::array<Attribute, 9> kAttributes = {
    {{"EventId", "/eventId"},
     {"EventName", "/eventName"},
     {"EventRW", "/eventRW"},
     {"EventType", "/eventType"},
     {"ServiceName", "/serviceName"},
     {"User", "/userIdentity/userName"},
     {"EventAccessKeyId", "/userIdentity/accessKeyId"},
     {"ResourceType", "/resourceType"},
     {"ResourceName", "/resourceName"}}};

// What stands in JSON as it is, so that most events need not be parsed.
bool is_plain(std::string_view value) {
  return std::ranges::none_of(
      value, [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; });
}

}  // namespace

std::string event_time(Time time) { return format_iso8601_millis(time).substr(0, 19) + "Z"; }

std::string to_json(const AuditEvent& event, std::string_view account, std::string_view region) {
  Json out = {{"eventId", event.request_id},
              {"eventVersion", "1"},
              {"eventCategory", event.data ? "Data" : "Management"},
              {"eventType", "ApiCall"},
              {"eventName", event.name},
              {"eventRW", event.write ? "Write" : "Read"},
              {"eventTime", event_time(event.at)},
              {"eventSource", shortened(event.source)},
              {"serviceName", event.service},
              {"acsRegion", region},
              {"isGlobal", false},
              {"requestId", event.request_id},
              {"sourceIpAddress", event.peer},
              {"userAgent", shortened(event.user_agent)},
              {"recipientAccountId", account},
              {"userIdentity", identity_of(event.caller)},
              {"requestParameters", parameters_of(event)},
              {"additionalEventData", additional_data_of(event)}};
  if (!event.api_version.empty()) out["apiVersion"] = event.api_version;
  if (!event.resource_type.empty()) {
    const std::string name = shortened(event.resource_name);
    out["resourceType"] = event.resource_type;
    out["resourceName"] = name;
    out["referencedResources"][event.resource_type] = {name};
  }
  if (!event.error_code.empty()) {
    out["errorCode"] = event.error_code;
    out["errorMessage"] = shortened(event.error_message);
  }
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool is_attribute(std::string_view key) {
  return std::ranges::find(kAttributes, key, &Attribute::key) != kAttributes.end();
}

bool has_attribute(std::string_view json, std::string_view key, std::string_view value) {
  if (is_plain(value) && json.find(value) == json.npos) return false;
  auto attribute = std::ranges::find(kAttributes, key, &Attribute::key);
  if (attribute == kAttributes.end()) return false;
  auto event = Json::parse(json, nullptr, false);
  if (event.is_discarded()) return false;
  return text_at(event, Json::json_pointer(attribute->where)) == value;
}

}  // namespace lakeside::actiontrail
