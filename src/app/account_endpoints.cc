#include "app/account_endpoints.h"

#include "base/log.h"

namespace lakeside::app {
namespace {

KeysAnswer failed(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalid:
    case ErrorCode::kNoSpace:
      return {400, error.detail + "\n"};
    case ErrorCode::kNotFound:
      return {404, error.detail + "\n"};
    default:
      log(LogLevel::kError, "accounts could not be changed", {{"why", error.detail}});
      return {500, "The accounts could not be changed; the log says why.\n"};
  }
}

}  // namespace

Task<KeysAnswer> create_account(ram::Accounts& accounts, const Clock& clock, std::string name) {
  auto made = co_await accounts.create(std::move(name), clock.now());
  if (!made) co_return failed(made.error());
  co_return KeysAnswer{200, "AccountId        " + made->id + "\nAccessKeyId      " +
                                made->access_key_id + "\nAccessKeySecret  " +
                                made->access_key_secret + "\n"};
}

KeysAnswer list_accounts(const ram::Accounts& accounts) {
  KeysAnswer answer;
  answer.text = accounts.main().account_id() + "  of this installation\n";
  for (const ram::Account& account : accounts.list()) {
    answer.text += account.id + "  " + format_iso8601_millis(account.created).substr(0, 10) + "  " +
                   account.access_key_id;
    if (account.disabled) answer.text += "  disabled";
    if (!account.name.empty()) answer.text += "  " + account.name;
    answer.text += "\n";
  }
  return answer;
}

Task<KeysAnswer> set_account_state(ram::Accounts& accounts, std::string id, bool disabled) {
  Status done = co_await accounts.set_disabled(id, disabled);
  if (!done) co_return failed(done.error());
  co_return KeysAnswer{200, (disabled ? "disabled " : "enabled ") + id + "\n"};
}

}  // namespace lakeside::app
