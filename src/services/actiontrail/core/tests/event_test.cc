#include "services/actiontrail/core/event.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace lakeside::actiontrail {
namespace {

AuditEvent event() {
  AuditEvent event;
  event.at = *parse_iso8601("2026-11-22T08:30:01Z");
  event.request_id = "6110E64B004C4034363CDC5E";
  event.service = "Ram";
  event.api_version = "2015-05-01";
  event.name = "CreateUser";
  event.caller = {Principal::Kind::kUser, "100", "ann", "LTAI1", "2000"};
  event.peer = "10.0.0.1";
  event.parameters = {{"UserName", "bob"}};
  event.resource_type = "ACS::RAM::User";
  event.resource_name = "bob";
  event.asked = {{"ram:CreateUser", "acs:ram:*:100:user/bob"}};
  return event;
}

TEST(Event, HasTheVendorsMembers) {
  auto json = nlohmann::json::parse(to_json(event(), "100", "cn-hangzhou"));
  EXPECT_EQ(json["eventId"], "6110E64B004C4034363CDC5E");
  EXPECT_EQ(json["eventVersion"], "1");
  EXPECT_EQ(json["eventType"], "ApiCall");
  EXPECT_EQ(json["eventCategory"], "Management");
  EXPECT_EQ(json["eventTime"], "2026-11-22T08:30:01Z");
  EXPECT_EQ(json["eventRW"], "Write");
  EXPECT_EQ(json["userIdentity"]["type"], "ram-user");
  EXPECT_EQ(json["userIdentity"]["userName"], "ann");
  EXPECT_EQ(json["recipientAccountId"], "100");
  EXPECT_EQ(json["requestParameters"]["UserName"], "bob");
  EXPECT_EQ(json["referencedResources"]["ACS::RAM::User"][0], "bob");
  EXPECT_EQ(json["additionalEventData"]["Authorizations"][0]["Action"], "ram:CreateUser");
  EXPECT_FALSE(json.contains("errorCode"));
}

TEST(Event, SaysWhoCalled) {
  AuditEvent one = event();
  auto identity = [&] { return nlohmann::json::parse(to_json(one, "100", "r"))["userIdentity"]; };
  one.caller = {Principal::Kind::kRoot, "100", "root", "LTAI2", "100"};
  EXPECT_EQ(identity()["type"], "root-account");
  one.caller = {Principal::Kind::kRole, "100", "reader", "STS.1", "300", "s1"};
  EXPECT_EQ(identity()["userName"], "reader:s1");
  EXPECT_EQ(identity()["principalId"], "300:s1");
}

TEST(Event, IsBounded) {
  AuditEvent one = event();
  one.user_agent = std::string(1 << 20, 'x');
  for (int i = 0; i < 5000; ++i) {
    one.parameters.emplace_back("P" + std::to_string(i), "v");
    one.asked.emplace_back("oss:DeleteObject", "acs:oss:*:100:b/k");
  }
  EXPECT_LT(to_json(one, "100", "r").size(), 200'000U);
}

TEST(Event, BytesThatAreNoTextDoNotStopIt) {
  AuditEvent one = event();
  one.resource_name = "\xff";
  EXPECT_FALSE(nlohmann::json::parse(to_json(one, "100", "r"), nullptr, false).is_discarded());
}

TEST(Event, IsFoundByItsAttributes) {
  const std::string json = to_json(event(), "100", "r");
  EXPECT_TRUE(has_attribute(json, "EventName", "CreateUser"));
  EXPECT_TRUE(has_attribute(json, "User", "ann"));
  EXPECT_TRUE(has_attribute(json, "EventAccessKeyId", "LTAI1"));
  EXPECT_TRUE(has_attribute(json, "ResourceName", "bob"));
  EXPECT_FALSE(has_attribute(json, "User", "bob"));
  EXPECT_FALSE(has_attribute(json, "EventName", "a\"b"));
  EXPECT_FALSE(is_attribute("Colour"));
}

}  // namespace
}  // namespace lakeside::actiontrail
