// People sign in: a password, and a code where they have a device, for the credentials of a
// session. The vendor has a web page for this and no API; docs/identity.md has ours.
#include <algorithm>

#include "base/crypto.h"
#include "base/log.h"
#include "services/ram/core/networks.h"
#include "services/ram/core/totp.h"
#include "services/ram/wire/codecs.h"
#include "services/ram/wire/fields.h"

namespace lakeside::ram::wire {
namespace {

// One for all reasons: nothing tells whether there is such a user.
Fault failed() {
  return {403, "SignInFailed", "The account, the user, the password or the code is wrong."};
}

// A page of another site can have a browser post a form here, but not without these headers. And
// what is in an address is kept in logs.
std::optional<Fault> refuse_cross_site(const Invocation& in) {
  const http::RequestHead& head = in.request.head;
  if (head.method != "POST" || !head.query.empty()) {
    return Fault{400, "InvalidParameter", "Signing in takes a form that is posted, and no query."};
  }
  if (auto origin = head.header("Origin")) {
    std::string ours = in.request.tls ? "https://" : "http://";
    ours += head.header("Host").value_or("");
    if (*origin != ours) {
      return Fault{403, "Forbidden", "Web pages of other sites may not call this API."};
    }
  }
  std::string_view site = head.header("Sec-Fetch-Site").value_or("same-origin");
  if (site != "same-origin") {
    return Fault{403, "Forbidden", "Web pages of other sites may not call this API."};
  }
  return std::nullopt;
}

struct Asked {
  std::string user;
  std::string account;  // empty: the main one
  std::string password;
  std::uint64_t seconds = 0;  // 0: as long as it may be
};

// UserName is "alice", "alice@ACCOUNT" or the whole "alice@ACCOUNT.onaliyun.com".
Read<Asked> read_asked(const Parameters& in) {
  auto user = in.required("UserName");
  if (!user) return std::unexpected(std::move(user.error()));
  auto password = in.required("Password");
  if (!password) return std::unexpected(std::move(password.error()));
  auto seconds = in.number("DurationSeconds", 0, {900, 24 * 3600});
  if (!seconds) return std::unexpected(std::move(seconds.error()));
  return Asked{user->substr(0, user->find('@')), account_asked(in), std::move(*password), *seconds};
}

bool is_account(const Environment& env, std::string_view named) {
  if (named.empty() || named == env.store.account_id()) return true;
  const std::string alias = env.store.settings()->alias;
  return !alias.empty() && named == alias;
}

Value next_step(std::string_view step) {
  Value value;
  value["NextStep"] = step;
  return value;
}

// What is still to be shown; null: nothing.
using Missing = std::expected<Value, Fault>;

// A person who has shown the right password, on the way in.
class Entrance {
 public:
  Entrance(const Environment& env, const Invocation& in, User user)
      : env_(env), in_(in), settings_(env.store.settings()), user_(std::move(user)) {}

  Missing check_second_factor() {
    if (!user_.mfa_device.empty()) return check_code();
    if (!user_.login->mfa_required && !settings_->preference.mfa_for_all) return Value();
    return bind_device();
  }

  Missing check_age() {
    const bool expired = has_expired(settings_->passwords, *user_.login, in_.now);
    if (expired && settings_->passwords.hard_expiry) {
      return std::unexpected(Fault{403, "PasswordExpired",
                                   "The password has expired: an administrator must set another."});
    }
    needs_password_ = expired || user_.login->reset_required;
    if (!in_.parameters.get("NewPassword").empty() && !needs_password_) {
      return std::unexpected(incorrect("NewPassword"));
    }
    if (needs_password_ && in_.parameters.get("NewPassword").empty()) {
      return next_step("NewPassword");
    }
    return Value();
  }

  [[nodiscard]] bool needs_password() const { return needs_password_; }
  [[nodiscard]] bool mfa() const { return device_.has_value(); }
  [[nodiscard]] const User& user() const { return user_; }
  [[nodiscard]] std::uint64_t longest() const {
    return settings_->preference.login_session_hours * 3600;
  }

  void set_password_hash(std::string hash) {
    set_password(*user_.login, std::move(hash), in_.now);
    user_.login->reset_required = false;
    user_.login->updated = in_.now;
  }

  // Writes what it came to, unless something has changed since: then it is to be tried again.
  [[nodiscard]] bool add_to(Change& change, const LoginProfile& verified) {
    auto now = env_.store.find<User>(user_.name);
    if (now == nullptr || now->id != user_.id || !now->login ||
        now->login->password != verified.password || now->mfa_device != mfa_before_) {
      return false;
    }
    if (device_) {
      auto device = env_.store.find<MfaDevice>(device_->name);
      if (device == nullptr || device->last_step >= device_->last_step) return false;
      change.put(*device_);
    }
    User written = *now;
    written.login = user_.login;
    written.mfa_device = user_.mfa_device;
    written.last_login = in_.now;
    change.put(std::move(written));
    return true;
  }

  // The device that is offered to be bound; it must be written before it is shown.
  [[nodiscard]] const std::optional<MfaDevice>& offered() const { return offered_; }

 private:
  Missing check_code() {
    std::string_view code = in_.parameters.get("AuthenticationCode");
    if (code.empty()) return next_step("AuthenticationCode");
    auto device = env_.store.find<MfaDevice>(user_.mfa_device);
    if (device == nullptr) return std::unexpected(failed());
    auto step = find_totp_step(device->seed, code, in_.now, device->last_step);
    if (!step) return std::unexpected(failed());
    device_ = *device;
    device_->last_step = *step;
    return Value();
  }

  // One that nobody has, with the user's name.
  Missing bind_device() {
    auto device = env_.store.find<MfaDevice>(user_.name);
    if (device != nullptr && is_bound(device->name)) {
      return std::unexpected(already_exists("VirtualMFADevice.User"));
    }
    std::string_view first = in_.parameters.get("AuthenticationCode1");
    std::string_view second = in_.parameters.get("AuthenticationCode2");
    if (device == nullptr || first.empty() || second.empty()) {
      offered_ = new_mfa_device(user_.name, in_.now);
      Value value = next_step("BindMFADevice");
      value["VirtualMFADevice"] = json_of_new(env_, *offered_);
      return value;
    }
    device_ = *device;
    if (activate(*device_, first, second, in_.now)) return std::unexpected(failed());
    user_.mfa_device = device_->name;
    return Value();
  }

  [[nodiscard]] bool is_bound(const std::string& device) const {
    return std::ranges::any_of(env_.store.list<User>(),
                               [&](const auto& user) { return user->mfa_device == device; });
  }

  const Environment& env_;
  const Invocation& in_;
  const std::shared_ptr<const AccountSettings> settings_;
  User user_;
  const std::string mfa_before_ = user_.mfa_device;
  std::optional<MfaDevice> device_;  // whose code was shown
  std::optional<MfaDevice> offered_;
  bool needs_password_ = false;
};

Value session_of(const Environment& env, const Entrance& entrance, std::uint64_t seconds,
                 Time now) {
  const User& user = entrance.user();
  Session session;
  session.access_key_id = new_session_id();
  session.access_key_secret = random_alphanumeric(44);
  session.user = user.name;
  session.user_id = user.id;
  session.name = user.name;
  session.mfa = entrance.mfa();
  session.password_set = user.login->password_set;
  session.began = now;
  session.expires = now + std::chrono::seconds(seconds);
  Value value;
  value["AccountId"] = env.store.account_id();
  value["User"] = {{"UserId", user.id},
                   {"UserName", user.name},
                   {"DisplayName", user.display_name},
                   {"Arn", arn(env, "user/" + user.name)}};
  value["MFAPresent"] = session.mfa;
  value["Credentials"] = credentials_of(env, session);
  return value;
}

void log_attempt(const Invocation& in, std::string_view user, std::string_view outcome) {
  log(LogLevel::kInfo, "sign-in",
      {{"user", std::string(user)},
       {"address", std::string(in.request.peer)},
       {"outcome", std::string(outcome)}});
}

// From a right password to the session, or to what is still to be shown.
Task<Answer> enter(Environment& env, const Invocation& in, const Asked& asked,
                   const User& verified) {
  Entrance entrance(env, in, verified);
  auto factor = entrance.check_second_factor();
  if (!factor) co_return std::unexpected(std::move(factor.error()));
  if (!factor->is_null()) {
    if (!entrance.offered()) co_return std::move(*factor);
    auto turn = co_await env.store.turn();
    Change change;
    change.put(*entrance.offered());
    co_return co_await commit(env, change, std::move(*factor));
  }
  auto age = entrance.check_age();
  if (!age) co_return std::unexpected(std::move(age.error()));
  if (!age->is_null()) co_return std::move(*age);
  if (entrance.needs_password()) {
    const std::string password(in.parameters.get("NewPassword"));
    if (password == asked.password) co_return std::unexpected(incorrect("NewPassword"));
    auto hash = co_await hash_new_password(env, verified, password, "NewPassword");
    if (!hash) co_return std::unexpected(std::move(hash.error()));
    entrance.set_password_hash(std::move(*hash));
  }
  const std::uint64_t longest = entrance.longest();
  if (asked.seconds > longest) {
    co_return std::unexpected(out_of_range("DurationSeconds", 900, longest));
  }
  auto turn = co_await env.store.turn();
  Change change;
  if (!entrance.add_to(change, *verified.login)) co_return std::unexpected(failed());
  Value value = session_of(env, entrance, asked.seconds == 0 ? longest : asked.seconds, in.now);
  co_return co_await commit(env, change, std::move(value));
}

}  // namespace

std::string account_asked(const Parameters& in) {
  std::string_view user = in.get("UserName");
  std::size_t at = user.find('@');
  if (at == user.npos) return std::string(in.get("Account"));
  std::string_view account = user.substr(at + 1);
  return std::string(account.substr(0, account.find('.')));
}

Task<Answer> sign_in(Environment& env, const Invocation& in) {
  if (auto fault = refuse_cross_site(in)) co_return std::unexpected(*fault);
  auto asked = read_asked(in.parameters);
  if (!asked) co_return std::unexpected(std::move(asked.error()));
  const bool ours = is_account(env, asked->account);
  const std::string counted = (ours ? env.store.account_id() : asked->account) + "/" + asked->user;
  const auto settings = env.store.settings();
  if (!env.limiter->admit(counted, in.request.peer, settings->passwords.max_login_attempts,
                          in.now)) {
    co_return std::unexpected(throttled());
  }
  auto user = ours ? env.store.find<User>(asked->user) : nullptr;
  // Nobody's password takes as long to check.
  std::vector<std::string> hashes(1);
  if (user != nullptr && user->login) hashes.front() = user->login->password;
  std::string_view password = asked->password;
  if (password.size() > kMaxPasswordLength) password = "";
  auto right = co_await env.passwords.matches(password, std::move(hashes));
  if (!right) {
    env.limiter->take_back(counted, in.request.peer);
    co_return std::unexpected(rpc::internal_error(right.error()));
  }
  const bool may = *right && !env.is_disabled() && user != nullptr && user->login->active &&
                   in_networks(settings->preference.login_network_masks, in.request.peer);
  if (!may) {
    log_attempt(in, user == nullptr ? "" : user->name, "failed");
    co_return std::unexpected(failed());
  }
  auto answer = co_await enter(env, in, *asked, *user);
  if (answer && answer->contains("Credentials")) {
    env.limiter->succeeded(counted, in.request.peer);
    log_attempt(in, user->name, "signed in");
  } else if (answer || answer.error().code != "SignInFailed") {
    env.limiter->take_back(counted, in.request.peer);
  } else {
    log_attempt(in, user->name, "failed");
  }
  co_return answer;
}

}  // namespace lakeside::ram::wire
