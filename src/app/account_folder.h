// Accounts of a data folder that no server has open.
#pragma once

#include <expected>
#include <string>

namespace lakeside::app {

// What a terminal shows, or what is wrong.
using AccountText = std::expected<std::string, std::string>;

[[nodiscard]] AccountText create_account_in(const std::string& folder, const std::string& name);
[[nodiscard]] AccountText list_accounts_of(const std::string& folder);
[[nodiscard]] AccountText set_account_state_in(const std::string& folder, const std::string& id,
                                               bool disabled);

}  // namespace lakeside::app
