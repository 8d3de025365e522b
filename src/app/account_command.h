// `lakeside account create|list|disable|enable`: asks a running server of this user, or works on a
// data folder that no server has open.
#pragma once

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace lakeside::app {

struct AccountFlags {
  std::optional<int> port;
  std::string data;
  std::string name;
  std::string id;
};

void add_account_command(CLI::App& cli, AccountFlags& flags);
int run_account(const CLI::App& cli, const AccountFlags& flags);

}  // namespace lakeside::app
