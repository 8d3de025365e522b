#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "gateway/rpc/audit.h"
#include "gateway/rpc/front_door.h"
#include "gateway/rpc/parameters.h"
#include "gateway/rpc/render.h"

namespace lakeside::rpc {
namespace {

TEST(Parameters, AreReadAsTheirTypesWithFaultsThatNameThem) {
  Parameters in(
      http::parse_query("N=5&Flag=TRUE&Empty=&Tag.1.Key=a&Tag.1.Value=b&Tag.2.Key=c").value(),
      http::parse_query("N=6&Id.1=x&Id.2=y&Id.4=z").value());
  EXPECT_EQ(in.get("N"), "5");
  EXPECT_EQ(*in.number("N", 1, {1, 5}), 5U);
  auto number = in.number("N", 1, {6, 9});
  ASSERT_FALSE(number);
  EXPECT_EQ(number.error().code, "InvalidParameter");
  EXPECT_NE(number.error().message.find("\"N\""), std::string::npos);
  EXPECT_TRUE(*in.flag("Flag", false));
  EXPECT_FALSE(in.flag("N", false));
  EXPECT_EQ(in.required("Empty").error().code, "MissingParameter");
  EXPECT_NE(in.find("Empty"), nullptr);
  EXPECT_EQ(in.find("Other"), nullptr);
  EXPECT_EQ(in.list("Id", 9), (std::vector<std::string>{"x", "y"}));
  auto tags = in.tags("Tag", 9);
  ASSERT_EQ(tags.size(), 2U);
  EXPECT_EQ(tags[0].value, "b");
  EXPECT_EQ(tags[1].key, "c");
}

TEST(Parameters, AMapHasTheKeysThatTheClientChose) {
  Parameters in(http::parse_query("Map.b=2&Map.a=1&Map=x&Mapper.c=3&Map.a=4&Map.1.Key=5").value(),
                {});
  auto members = in.members("Map", 9);
  ASSERT_EQ(members.size(), 3U);
  EXPECT_EQ(members[0].key, "1.Key");
  EXPECT_EQ(members[1].key, "a");
  EXPECT_EQ(members[1].value, "1");
  EXPECT_EQ(members[2].key, "b");
  EXPECT_EQ(in.members("Map", 1).size(), 1U);
}

TEST(Render, OneValueInTwoForms) {
  Value value;
  value["Users"]["User"] = {{{"UserName", "a<b"}}, {{"UserName", "c"}}};
  value["IsTruncated"] = false;
  EXPECT_EQ(render_answer(Format::kJson, "ListUsers", "ID", value),
            R"({"RequestId":"ID","Users":{"User":[{"UserName":"a<b"},{"UserName":"c"}]},)"
            R"("IsTruncated":false})");
  EXPECT_NE(render_answer(Format::kXml, "ListUsers", "ID", value)
                .find("<ListUsersResponse><RequestId>ID</RequestId><Users><User><UserName>a&lt;b"
                      "</UserName></User><User><UserName>c</UserName></User></Users>"
                      "<IsTruncated>false</IsTruncated></ListUsersResponse>"),
            std::string::npos);
  Fault fault{403, "NoPermission", "no", {{"AuthAction", "ram:X"}}};
  auto json = Value::parse(render_fault(Format::kJson, {"Ram", "ID", "h"}, fault));
  EXPECT_EQ(json["AccessDeniedDetail"]["AuthAction"], "ram:X");
  EXPECT_EQ(json["Code"], "NoPermission");
  EXPECT_EQ(json["HostId"], "h");
}

struct Head {
  std::string method, target;
  std::vector<std::pair<std::string, std::string>> headers;

  [[nodiscard]] bool is_rpc() const {
    http::RequestHead head;
    head.method = method;
    head.target = target;
    std::string_view view = target;
    head.raw_path = view.substr(0, view.find('?'));
    if (head.raw_path.size() < view.size()) head.raw_query = view.substr(head.raw_path.size() + 1);
    head.query = http::parse_query(head.raw_query).value();
    for (const auto& [name, value] : headers) head.headers.push_back({name, value});
    return is_rpc_request(head);
  }
};

TEST(Router, TakesWhatIsRpcAndNothingOfObjectStorage) {
  const std::pair<std::string, std::string> form{"content-type",
                                                 "application/x-www-form-urlencoded"};
  const std::pair<std::string, std::string> ip{"host", "127.0.0.1:4004"};
  EXPECT_TRUE((Head{"GET", "/?Action=ListUsers&Version=2015-05-01&Signature=x", {ip}}.is_rpc()));
  EXPECT_TRUE((Head{"POST", "/", {ip, form}}.is_rpc()));
  EXPECT_TRUE((Head{"POST", "/?x=y", {ip, {"Authorization", "ACS3-HMAC-SHA256 x"}}}.is_rpc()));
  EXPECT_TRUE((Head{"GET", "/", {{"host", "sts.cn-hangzhou.aliyuncs.com"}}}.is_rpc()));

  EXPECT_FALSE((Head{"GET", "/", {ip}}.is_rpc()));
  EXPECT_FALSE((Head{"GET", "/?prefix=a&Signature=x", {ip}}.is_rpc()));
  EXPECT_FALSE((Head{"GET", "/?Action=a&Version=b", {ip, {"Authorization", "OSS a:b"}}}.is_rpc()));
  EXPECT_FALSE((Head{"GET", "/?Action=a&Version=b&OSSAccessKeyId=c", {ip}}.is_rpc()));
  EXPECT_FALSE((Head{"GET", "/bucket/key?Action=a&Version=b", {ip}}.is_rpc()));
  EXPECT_FALSE((Head{"POST", "/bucket", {ip, form}}.is_rpc()));
  EXPECT_FALSE((Head{"POST", "/?delete", {ip, form}}.is_rpc()));
  EXPECT_FALSE((Head{"GET", "/", {{"host", "b.oss-cn-hangzhou.aliyuncs.com"}}}.is_rpc()));
  EXPECT_FALSE((Head{"GET", "/", {{"host", "oss-cn-hangzhou.aliyuncs.com"}}}.is_rpc()));
  EXPECT_FALSE((Head{"GET", "/", {{"host", "ram.localhost:4004"}}}.is_rpc()));
}

TEST(Audit, ParametersWithoutSecrets) {
  Parameters parameters({{"Action", "CreateLoginProfile", true},
                         {"Signature", "x", true},
                         {"AccessKeyId", "LTAI", true},
                         {"UserName", "ann", true},
                         {"Password", "hidden", true},
                         {"SecurityToken", "hidden", true}},
                        {{"SecretName", "db", true},
                         {"SecretData", "hidden", true},
                         {"Plaintext", "hidden", true},
                         {"NextToken", "7", true}});
  auto kept = audited_parameters(parameters);
  EXPECT_EQ(kept, (std::vector<std::pair<std::string, std::string>>{
                      {"NextToken", "7"}, {"SecretName", "db"}, {"UserName", "ann"}}));
  for (const char* name : {"NewPassword", "OIDCToken", "SAMLAssertion", "AuthenticationCode1",
                           "EncryptedKeyMaterial", "PrivateKeyPlaintextBlob"}) {
    EXPECT_TRUE(is_secret(name)) << name;
  }
}

TEST(Audit, ResourcesHaveTypeAndName) {
  NamedResource user = resource_of("acs:ram:*:100:user/ann");
  EXPECT_EQ(user.type, "ACS::RAM::User");
  EXPECT_EQ(user.name, "ann");
  EXPECT_TRUE(resource_of("acs:ram:*:100:user/*").name.empty());
  EXPECT_TRUE(resource_of("acs:actiontrail:*:100:*").type.empty());
  EXPECT_TRUE(resource_of("").type.empty());
}

}  // namespace
}  // namespace lakeside::rpc
