#include "services/ram/wire/tests/test_account.h"

namespace lakeside::ram::wire {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

Session read(const TestAccount& account, const Value& credentials) {
  return account.store->read_token(credentials.at("SecurityToken").get<std::string>()).value();
}

const std::string kNarrow =
    "Policy=%7B%22Version%22%3A%221%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C"
    "%22Action%22%3A%22oss%3AGetObject%22%2C%22Resource%22%3A%22*%22%7D%7D";

TEST(Sessions, OfAKeyCarryWhatTheyEndWith) {
  TestAccount account;
  const Value made = account.call(create_session, "DurationSeconds=900")->at("Credentials");
  Session root = read(account, made);
  EXPECT_EQ(root.made_with, "LTAI5tKey");
  EXPECT_EQ(root.key_mark, key_mark("its secret"));
  EXPECT_EQ(root.account, kAccount);
  EXPECT_FALSE(root.of_user() || root.of_role());
  EXPECT_EQ(root.expires, account.now + seconds(900));
  Session ann = read(account, account.call(create_session, "", "ann")->at("Credentials"));
  EXPECT_EQ(ann.user, "ann");
  EXPECT_EQ(ann.expires, account.now + hours(1));
}

TEST(Sessions, AreRenewedUnderTheirNameUntilTheyMayLastNoLonger) {
  TestAccount account;
  account.use(account.call(create_session, "", "ann")->at("Credentials"));
  const Time began = account.now;
  account.now += seconds(3500);
  const Value again = account.call(renew_session, "", "ann")->at("Credentials");
  EXPECT_EQ(again.at("AccessKeyId"), account.access_key_id);
  EXPECT_EQ(read(account, again).expires, account.now + hours(1));
  EXPECT_EQ(read(account, again).began, began);
  account.now = began + hours(6) - seconds(60);  // LoginSessionDuration, as it is at first
  EXPECT_EQ(read(account, account.call(renew_session, "", "ann")->at("Credentials")).expires,
            began + hours(6));
  account.call(set_security_preference, "LoginSessionDuration=8");
  EXPECT_EQ(read(account, account.call(renew_session, "", "ann")->at("Credentials")).expires,
            account.now + hours(1));
}

TEST(Sessions, LastNoLongerThanThePreferenceSays) {
  TestAccount account;
  account.call(set_security_preference, "LoginSessionDuration=2");
  auto ends = [&](const std::string& query) {
    return read(account, account.call(create_session, query)->at("Credentials")).expires;
  };
  EXPECT_EQ(ends("DurationSeconds=86400"), account.now + hours(2));
  EXPECT_EQ(ends("DurationSeconds=900"), account.now + seconds(900));
  for (const char* wrong : {"899", "86401", "x"}) {
    EXPECT_EQ(account.code_of(create_session, std::string("DurationSeconds=") + wrong),
              "InvalidParameter.DurationSeconds.Range");
  }
}

TEST(Sessions, MakeOthersThatMayLess) {
  TestAccount account;
  EXPECT_EQ(account.code_of(create_session, kNarrow), "NotImplemented");  // the root's
  account.use(account.call(create_session, "", "ann")->at("Credentials"));
  EXPECT_EQ(account.code_of(create_session, "", "ann"), "OperationDenied.Session");
  const Time began = account.now;
  account.now += hours(5);
  const Value narrow =
      account.call(create_session, kNarrow + "&DurationSeconds=21600", "ann")->at("Credentials");
  EXPECT_NE(narrow.at("AccessKeyId"), account.access_key_id);
  EXPECT_EQ(read(account, narrow).expires, began + hours(6));
  EXPECT_NE(read(account, narrow).policy, "");
  account.use(narrow);
  EXPECT_EQ(account.code_of(create_session, kNarrow, "ann"), "OperationDenied.Session");
}

TEST(Sessions, OnlyTheirOwnAreRenewedAndEnded) {
  TestAccount account;
  EXPECT_EQ(account.code_of(renew_session, ""), "OperationDenied.Session");
  EXPECT_EQ(account.code_of(end_session, ""), "OperationDenied.Session");
  account.use(account.call(create_session, "")->at("Credentials"));
  account.access_key_id = "STS.Nanother";
  EXPECT_EQ(account.code_of(renew_session, ""), "OperationDenied.Session");
  Session role;
  role.role = "reader";
  role.access_key_id = "STS.Nrole";
  account.use(credentials_of(account.env, role));
  EXPECT_EQ(account.code_of(renew_session, ""), "OperationDenied.Session");
  EXPECT_EQ(account.code_of(end_session, ""), "OperationDenied.Session");
}

TEST(Sessions, ThatWereEndedAreRememberedUntilTheyWouldBeOver) {
  TestAccount account;
  account.use(account.call(create_session, "")->at("Credentials"));
  const std::string first = account.access_key_id;
  ASSERT_EQ(account.code_of(end_session, ""), "OK");
  // Another token of it may have been given for so long, whatever the preference is now.
  EXPECT_EQ(account.store->find<EndedSession>(first)->until, account.now + hours(24));
  account.access_key_id = "LTAI5tKey";
  account.now += hours(25);
  account.use(account.call(create_session, "")->at("Credentials"));
  ASSERT_EQ(account.code_of(end_session, ""), "OK");
  EXPECT_EQ(account.store->find<EndedSession>(first), nullptr);
  EXPECT_NE(account.store->find<EndedSession>(account.access_key_id), nullptr);
}

TEST(Sessions, ThatOneEndsManyOfKeepNobodyElseFromIt) {
  TestAccount account;
  Change change;
  for (int i = 0; i < 1000; ++i) {
    change.put(EndedSession{"STS.N" + std::to_string(i), account.now + hours(1), "2001"});
  }
  ASSERT_TRUE(run_blocking(account.store->commit(change)));
  Session session = read(account, account.call(create_session, "", "ann")->at("Credentials"));
  session.user_id = "2001";
  account.use(credentials_of(account.env, session));
  EXPECT_EQ(account.code_of(end_session, "", "ann"), "Throttling.User");
  account.access_key_id = "LTAI5tKey";
  account.use(account.call(create_session, "")->at("Credentials"));
  EXPECT_EQ(account.code_of(end_session, ""), "OK");
}

}  // namespace
}  // namespace lakeside::ram::wire
