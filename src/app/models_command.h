// `lakeside models …`, on a data folder with or without a running server.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace lakeside::app {

struct ModelsFlags {
  std::filesystem::path data;  // empty: the default
  std::string file;            // to import; what to pull
  std::string name;
  std::string hub;
  std::string pattern;
  std::optional<int> port;
};

// Adds the command; its parsed flags go to `flags`, which outlives the parsing.
void add_models_command(CLI::App& cli, ModelsFlags& flags);
// Runs what was parsed; the exit status.
int run_models(const CLI::App& cli, const ModelsFlags& flags);

}  // namespace lakeside::app
