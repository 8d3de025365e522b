// `/_lakeside/accounts`: what `lakeside account` asks for, of a server or of a data folder itself.
#pragma once

#include <string>

#include "app/key_endpoints.h"
#include "base/clock.h"
#include "base/task.h"
#include "services/ram/core/accounts.h"

namespace lakeside::app {

// The answers are for a terminal.
[[nodiscard]] Task<KeysAnswer> create_account(ram::Accounts& accounts, const Clock& clock,
                                              std::string name);
[[nodiscard]] KeysAnswer list_accounts(const ram::Accounts& accounts);
[[nodiscard]] Task<KeysAnswer> set_account_state(ram::Accounts& accounts, std::string id,
                                                 bool disabled);

}  // namespace lakeside::app
