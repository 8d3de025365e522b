// `lakeside keys create|list|revoke`: the keys with which clients call models. Asks a running
// server of this user.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace lakeside::app {

struct KeysFlags {
  std::optional<int> port;
  std::string name;
  std::string id;
  std::string weight;
  std::string priority;
  std::string max_concurrent;
  std::string tokens_per_minute;
  std::string expires_in_days;
  std::string workspace;
  std::vector<std::string> buckets;
  std::vector<std::string> models;
  bool private_prefixes = false;
};

void add_keys_command(CLI::App& cli, KeysFlags& flags);
int run_keys(const CLI::App& cli, const KeysFlags& flags);

}  // namespace lakeside::app
