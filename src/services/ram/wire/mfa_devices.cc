// Virtual MFA devices.
#include <algorithm>

#include "base/crypto.h"
#include "base/encoding.h"
#include "services/ram/core/qr_code.h"
#include "services/ram/core/totp.h"
#include "services/ram/wire/codecs.h"
#include "services/ram/wire/fields.h"

namespace lakeside::ram::wire {
namespace {

std::string serial_number(const Environment& env, std::string_view device) {
  return arn(env, "mfa/" + std::string(device));
}

Read<std::shared_ptr<const MfaDevice>> find_device(const Environment& env, const Parameters& in) {
  auto serial = in.required("SerialNumber");
  if (!serial) return std::unexpected(std::move(serial.error()));
  const std::string start = serial_number(env, "");
  auto device = serial->starts_with(start) ? env.store.find<MfaDevice>(serial->substr(start.size()))
                                           : nullptr;
  if (device == nullptr) return std::unexpected(not_exist("VirtualMFADevice"));
  return device;
}

// Null: it is bound to nobody.
std::shared_ptr<const User> holder(const Environment& env, std::string_view device) {
  for (const auto& user : env.store.list<User>()) {
    if (user->mfa_device == device) return user;
  }
  return nullptr;
}

Read<std::string> read_code(const Parameters& in, std::string_view parameter) {
  auto code = in.required(parameter);
  if (code && !is_totp_code(*code)) {
    return std::unexpected(Fault{400, "InvalidParameter.AuthenticationCode.Format",
                                 "The parameter - \"AuthenticationCode\" MUST be 6 numbers."});
  }
  return code;
}

}  // namespace

Value json_of_new(const Environment& env, const MfaDevice& device) {
  Value value;
  value["SerialNumber"] = serial_number(env, device.name);
  value["Base32StringSeed"] = base32_encode(device.seed);
  // Names are short enough for it always to be there.
  auto code = qr_code(otpauth_uri(device.seed, env.store.account_id(), device.name));
  if (code) value["QRCodePNG"] = base64_encode(as_bytes(qr_png(*code)));
  return value;
}

MfaDevice new_mfa_device(std::string name, Time now) {
  MfaDevice device;
  device.name = std::move(name);
  device.seed.resize(kTotpSeedBytes);
  fill_random({reinterpret_cast<std::byte*>(device.seed.data()), device.seed.size()});
  device.created = now;
  return device;
}

std::optional<Fault> activate(MfaDevice& device, std::string_view first, std::string_view second,
                              Time now) {
  // Two codes in a row show that clock and seed are right; the app may be a minute off.
  auto step = find_totp_step(device.seed, first, now, device.last_step, 2);
  if (!step || totp_code(device.seed, *step + 1) != second) {
    return Fault{403, "CheckAuthenticationCodeFail",
                 "The parameter - \"AuthenticationCode\" is inccorrect."};
  }
  device.last_step = *step + 1;
  device.activated = now;
  return std::nullopt;
}

Task<Answer> create_virtual_mfa_device(Environment& env, const Invocation& in) {
  auto name = read_name(in.parameters, "VirtualMFADeviceName");
  if (!name) co_return std::unexpected(std::move(name.error()));
  auto turn = co_await env.store.turn();
  if (env.store.find<MfaDevice>(*name)) {
    co_return std::unexpected(already_exists("VirtualMFADevice"));
  }
  if (env.store.list<MfaDevice>().size() >= kMaxMfaDevices) {
    co_return std::unexpected(limit("VirtualMFADevice"));
  }
  MfaDevice device = new_mfa_device(std::move(*name), in.now);
  Value value;
  value["VirtualMFADevice"] = json_of_new(env, device);
  Change change;
  change.put(std::move(device));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> delete_virtual_mfa_device(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  auto device = find_device(env, in.parameters);
  if (!device) co_return std::unexpected(std::move(device.error()));
  if (holder(env, (*device)->name)) co_return std::unexpected(conflict("VirtualMFADevice.User"));
  Change change;
  change.remove<MfaDevice>((*device)->name);
  co_return co_await commit(env, change);
}

Task<Answer> list_virtual_mfa_devices(Environment& env, const Invocation& in) {
  std::map<std::string, std::shared_ptr<const User>> holders;
  for (const auto& user : env.store.list<User>()) {
    if (!user->mfa_device.empty()) holders[user->mfa_device] = user;
  }
  auto write = [&](const MfaDevice& device) {
    Value one;
    one["SerialNumber"] = serial_number(env, device.name);
    auto found = holders.find(device.name);
    if (found == holders.end()) return one;
    const User& user = *found->second;
    one["ActivateDate"] = date(device.activated);
    one["User"] = {{"UserId", user.id}, {"DisplayName", user.display_name}};
    if (env.form == Form::kIms) {
      one["User"]["UserPrincipalName"] = principal_name(env, user.name);
    } else {
      one["User"]["UserName"] = user.name;
    }
    return one;
  };
  auto page = read_page(in.parameters);
  if (!page) co_return std::unexpected(std::move(page.error()));
  // RAM's form has all of them at once.
  if (env.form == Form::kRam) page->most = kMaxMfaDevices;
  auto devices = env.store.list<MfaDevice>();
  co_return page_of(
      devices, *page, "VirtualMFADevices", "VirtualMFADevice",
      [](const MfaDevice& device) { return device.name; }, write);
}

Task<Answer> bind_mfa_device(Environment& env, const Invocation& in) {
  auto first = read_code(in.parameters, "AuthenticationCode1");
  if (!first) co_return std::unexpected(std::move(first.error()));
  auto second = read_code(in.parameters, "AuthenticationCode2");
  if (!second) co_return std::unexpected(std::move(second.error()));
  auto turn = co_await env.store.turn();
  auto found = find_user(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  auto named = find_device(env, in.parameters);
  if (!named) co_return std::unexpected(std::move(named.error()));
  User user = copy_of(*found);
  MfaDevice device = copy_of(*named);
  if (!user.mfa_device.empty()) co_return std::unexpected(already_exists("User.MFADevice"));
  if (holder(env, device.name)) co_return std::unexpected(already_exists("VirtualMFADevice.User"));
  if (auto fault = activate(device, *first, *second, in.now)) co_return std::unexpected(*fault);
  user.mfa_device = device.name;
  Change change;
  change.put(std::move(user));
  change.put(std::move(device));
  co_return co_await commit(env, change);
}

// The device stays, to be bound again or deleted.
Task<Answer> unbind_mfa_device(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  auto found = find_user(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  User user = copy_of(*found);
  if (user.mfa_device.empty()) co_return std::unexpected(not_exist("User.MFADevice"));
  Value value;
  value["MFADevice"]["SerialNumber"] = serial_number(env, user.mfa_device);
  user.mfa_device.clear();
  Change change;
  change.put(std::move(user));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> get_user_mfa_info(Environment& env, const Invocation& in) {
  auto user = find_user(env, in);
  if (!user) co_return std::unexpected(std::move(user.error()));
  Value value;
  if (env.form == Form::kIms) value["IsMFAEnable"] = !(*user)->mfa_device.empty();
  if (!(*user)->mfa_device.empty()) {
    value["MFADevice"] = {{"SerialNumber", serial_number(env, (*user)->mfa_device)},
                          {"Type", "VMFA"}};
  } else if (env.form == Form::kRam) {
    co_return std::unexpected(not_exist("User.MFADevice"));
  }
  co_return value;
}

}  // namespace lakeside::ram::wire
