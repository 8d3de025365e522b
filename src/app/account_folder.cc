#include "app/account_folder.h"

#include <cstdlib>
#include <functional>

#include "app/account_endpoints.h"
#include "app/data_folder.h"
#include "app/master_key.h"
#include "base/executor.h"
#include "engines/rocksdb/rocksdb_kv.h"

namespace lakeside::app {
namespace {

AccountText text_of(KeysAnswer answer) {
  if (answer.status == 200) return std::move(answer.text);
  answer.text.pop_back();
  return std::unexpected(std::move(answer.text));
}

std::unexpected<std::string> complaint(const Error& error) {
  return std::unexpected(error.detail.empty() ? std::string(to_string(error.code)) : error.detail);
}

AccountText with_accounts(const std::string& path,
                          const std::function<KeysAnswer(ram::Accounts&)>& work) {
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::path(path) / "VERSION", error)) {
    return std::unexpected(path + " is no data folder of Lakeside");
  }
  auto folder = DataFolder::open(path);
  if (!folder) return complaint(folder.error());
  auto key = load_or_make_root_key((*folder)->root_key(), {}, {});
  if (!key) return complaint(key.error());
  auto master = load_or_make_master_keys(
      (*folder)->path() / "master-key",
      [](const std::string& name) -> const char* { return std::getenv(name.c_str()); });
  if (!master) return complaint(master.error());
  engines::RocksdbOptions options;
  options.path = (*folder)->kv();
  auto kv = engines::open_rocksdb_kv(options);
  if (!kv) return complaint(kv.error());
  auto accounts = run_blocking(ram::Accounts::open(**kv, key->account_id, *master));
  if (!accounts) return complaint(accounts.error());
  return text_of(work(**accounts));
}

}  // namespace

AccountText create_account_in(const std::string& folder, const std::string& name) {
  return with_accounts(folder, [&](ram::Accounts& accounts) {
    return run_blocking(create_account(accounts, system_clock(), name));
  });
}

AccountText list_accounts_of(const std::string& folder) {
  return with_accounts(folder, [](ram::Accounts& accounts) { return list_accounts(accounts); });
}

AccountText set_account_state_in(const std::string& folder, const std::string& id, bool disabled) {
  return with_accounts(folder, [&](ram::Accounts& accounts) {
    return run_blocking(set_account_state(accounts, id, disabled));
  });
}

}  // namespace lakeside::app
