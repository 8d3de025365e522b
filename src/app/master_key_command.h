// `lakeside master-key rotate`: another key seals from now on.
#pragma once

#include <optional>

namespace CLI {
class App;
}

namespace lakeside::app {

struct MasterKeyFlags {
  std::optional<int> port;
};

void add_master_key_command(CLI::App& cli, MasterKeyFlags& flags);
int run_master_key(const MasterKeyFlags& flags);

}  // namespace lakeside::app
