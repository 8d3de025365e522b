#include "services/ram/wire/tests/test_account.h"

namespace lakeside::ram::wire {
namespace {

Parameters parameters(const std::string& query) {
  return Parameters(http::parse_query(query).value(), {});
}

TEST(Fields, NamesHaveTheVendorsFaults) {
  EXPECT_EQ(*read_name(parameters("UserName=a.b-c_1"), "UserName"), "a.b-c_1");
  EXPECT_EQ(read_name(parameters(""), "UserName").error().code, "MissingParameter");
  EXPECT_EQ(read_name(parameters("UserName=a%20b"), "UserName").error().code,
            "InvalidParameter.UserName.InvalidChars");
  EXPECT_EQ(read_name(parameters("UserName=" + std::string(65, 'a')), "UserName").error().code,
            "InvalidParameter.UserName.Length");
}

TEST(Fields, TagsAndListsComeInTwoForms) {
  const Tags wanted = {{"a", "1"}, {"b", ""}};
  EXPECT_EQ(*read_tags(parameters("Tag.1.Key=a&Tag.1.Value=1&Tag.2.Key=b")), wanted);
  EXPECT_EQ(*read_tags(parameters(R"(Tag=[{"Key":"a","Value":"1"},{"Key":"b"}])")), wanted);
  for (const char* wrong : {"Tag={}", "Tag=[1]", "Tag=[{}]", R"(Tag=[{"Key":1}])", "Tag=["}) {
    EXPECT_EQ(read_tags(parameters(wrong)).error().code, "InvalidParameter.Tag.Format") << wrong;
  }
  const std::vector<std::string> names = {"x", "y"};
  EXPECT_EQ(*read_list(parameters("Names.1=x&Names.2=y"), "Names", 2), names);
  EXPECT_EQ(*read_list(parameters(R"(Names=["x","y"])"), "Names", 2), names);
  EXPECT_FALSE(read_list(parameters(R"(Names=["x","y"])"), "Names", 1));
  EXPECT_FALSE(read_list(parameters("Names=[1]"), "Names", 2));
}

TEST(Fields, WholeNamesAreOfThisAccount) {
  TestAccount account;
  account.env.form = Form::kIms;
  auto read = [&](const std::string& name) {
    return read_principal_name(account.env, parameters("UserPrincipalName=" + name),
                               "UserPrincipalName");
  };
  EXPECT_EQ(*read("ann@1234567890123456.onaliyun.com"), "ann");
  EXPECT_EQ(read("ann@other.onaliyun.com").error().code, "EntityNotExist.User");
  EXPECT_EQ(read("ann").error().code, "InvalidParameter.UserPrincipalName.Format");
  account.call(set_account_alias, "AccountAlias=lake");
  EXPECT_EQ(*read("ann@lake.onaliyun.com"), "ann");
  EXPECT_EQ(principal_name(account.env, "ann"), "ann@lake.onaliyun.com");
}

TEST(Users, GoOnlyWhenNothingHangsOnThem) {
  TestAccount account;
  account.call(create_user, "UserName=ann");
  EXPECT_EQ(account.code_of(create_user, "UserName=ann"), "EntityAlreadyExists.User");
  account.call(create_login_profile, "UserName=ann&Password=Passw0rd");
  EXPECT_EQ(account.code_of(delete_user, "UserName=ann"), "DeleteConflict.User.LoginProfile");
  account.call(delete_login_profile, "UserName=ann");
  account.call(create_access_key, "UserName=ann");
  EXPECT_EQ(account.code_of(delete_user, "UserName=ann"), "DeleteConflict.User.AccessKey");
}

TEST(LoginProfiles, PasswordsAreAsThePolicySays) {
  TestAccount account;
  account.call(create_user, "UserName=ann");
  EXPECT_EQ(account.code_of(set_password_policy, "MinimumPasswordLength=33"),
            "InvalidParameter.MinimumPasswordLength.Range");
  account.call(set_password_policy, "RequireNumbers=true&PasswordReusePrevention=1");
  EXPECT_EQ(account.code_of(create_login_profile, "UserName=ann&Password=password"),
            "InvalidParameter.Password.TooWeak");
  EXPECT_EQ(account.code_of(create_login_profile, "UserName=ann&Password=passw0rd"), "OK");
  EXPECT_EQ(account.code_of(update_login_profile, "UserName=ann&Password=passw0rd"),
            "InvalidParameter.Password.TooWeak");
  EXPECT_EQ(account.code_of(update_login_profile, "UserName=ann&Password=passw1rd"), "OK");
  EXPECT_EQ(account.code_of(update_login_profile, "UserName=ann&Password=passw0rd"), "OK");
}

TEST(LoginProfiles, AUserChangesItsOwnPasswordWhereItMay) {
  TestAccount account;
  account.call(create_user, "UserName=ann");
  account.call(create_login_profile, "UserName=ann&Password=passw0rd&PasswordResetRequired=true");
  const std::string change = "OldPassword=passw0rd&NewPassword=passw1rd";
  EXPECT_EQ(account.code_of(change_password, change), "NoPermission");
  EXPECT_EQ(account.code_of(change_password, "OldPassword=x&NewPassword=passw1rd", "ann"),
            "InvalidParameter.OldPassword");
  EXPECT_EQ(account.code_of(change_password, change, "ann"), "OK");
  EXPECT_FALSE(account.store->find<User>("ann")->login->reset_required);
  account.call(set_security_preference, "AllowUserToChangePassword=false");
  EXPECT_EQ(account.code_of(change_password, "OldPassword=passw1rd&NewPassword=passw2rd", "ann"),
            "NoPermission");
}

TEST(SignIn, APasswordExpires) {
  TestAccount account;
  account.call(create_user, "UserName=ann");
  account.call(create_login_profile, "UserName=ann&Password=passw0rd");
  account.call(set_password_policy, "MaxPasswordAge=30");
  const std::string ask = "UserName=ann&Password=passw0rd";
  EXPECT_TRUE(account.call(sign_in, ask)->contains("Credentials"));
  account.now += std::chrono::hours(24) * 31;
  EXPECT_EQ(account.call(sign_in, ask)->at("NextStep"), "NewPassword");
  EXPECT_EQ(account.code_of(sign_in, ask + "&NewPassword=passw0rd"),
            "InvalidParameter.NewPassword");
  EXPECT_TRUE(account.call(sign_in, ask + "&NewPassword=passw1rd")->contains("Credentials"));
  account.call(set_password_policy, "MaxPasswordAge=30&HardExpiry=true");
  account.now += std::chrono::hours(24) * 31;
  EXPECT_EQ(account.code_of(sign_in, "UserName=ann&Password=passw1rd"), "PasswordExpired");
}

TEST(SignIn, IsFromTheNetworksThatMay) {
  TestAccount account;
  account.call(create_user, "UserName=ann");
  account.call(create_login_profile, "UserName=ann&Password=passw0rd");
  EXPECT_EQ(account.code_of(set_security_preference, "LoginNetworkMasks=x"),
            "InvalidParameter.LoginNetworkMasks.Format");
  account.call(set_security_preference, "LoginNetworkMasks=10.0.0.0/8;192.0.2.0/24");
  EXPECT_EQ(account.code_of(sign_in, "UserName=ann&Password=passw0rd"), "OK");
  account.request.peer = "198.51.100.1";
  EXPECT_EQ(account.code_of(sign_in, "UserName=ann&Password=passw0rd"), "SignInFailed");
}

TEST(SignIn, LastsNoLongerThanThePreferenceSays) {
  TestAccount account;
  account.call(create_user, "UserName=ann");
  account.call(create_login_profile, "UserName=ann&Password=passw0rd");
  account.call(set_security_preference, "LoginSessionDuration=1");
  EXPECT_EQ(account.code_of(sign_in, "UserName=ann&Password=passw0rd&DurationSeconds=3601"),
            "InvalidParameter.DurationSeconds.Range");
  EXPECT_EQ(account.code_of(sign_in, "UserName=ann&Password=passw0rd&DurationSeconds=3600"), "OK");
  account.call(update_login_profile, "UserName=ann&MFABindRequired=true");
  Answer step = account.call(sign_in, "UserName=ann&Password=passw0rd");
  EXPECT_EQ(step->at("NextStep"), "BindMFADevice");
  EXPECT_EQ(account.store->find<MfaDevice>("ann")->seed.size(), 20U);
}

TEST(Accounts, HaveAliasesOfTheVendorsForm) {
  TestAccount account;
  EXPECT_EQ(account.call(get_account_alias, "")->at("AccountAlias"), kAccount);
  for (const char* wrong : {"-ab", "ab-", "a--b", "aB1"}) {
    EXPECT_EQ(account.code_of(set_account_alias, std::string("AccountAlias=") + wrong),
              "InvalidParameter.AccountAlias.Format");
  }
  EXPECT_EQ(account.code_of(set_account_alias, "AccountAlias=ab"),
            "InvalidParameter.AccountAlias.Length");
}

}  // namespace
}  // namespace lakeside::ram::wire
