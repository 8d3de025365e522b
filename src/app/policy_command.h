// `lakeside policy simulate`: what would be decided, and why. `lakeside policy generate`: the least
// policy for calls that were made. Both ask a running server of this user.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace lakeside::app {

struct PolicyFlags {
  std::optional<int> port;
  std::string principal;
  std::string action;
  std::string resource;
  std::vector<std::string> context;
  std::string access_key;
  std::string since;
  std::string until;
  std::vector<std::string> patterns;
  bool denied = false;
};

void add_policy_command(CLI::App& cli, PolicyFlags& flags);
int run_policy(const CLI::App& cli, const PolicyFlags& flags);

}  // namespace lakeside::app
