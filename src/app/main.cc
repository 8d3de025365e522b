// The command line.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "app/account_command.h"
#include "app/data_folder.h"
#include "app/env_command.h"
#include "app/keys_command.h"
#include "app/master_key_command.h"
#include "app/models_command.h"
#include "app/operations_command.h"
#include "app/policy_command.h"
#include "app/serve.h"
#include "app/settings.h"

namespace lakeside::app {
namespace {

const char* environment(const std::string& name) { return std::getenv(name.c_str()); }

// What the flags said, by setting name.
struct ServeFlags {
  std::string config;
  Values values;
  std::map<std::string, bool> switches;
};

void add_serve_options(CLI::App& command, ServeFlags& flags) {
  command.add_option("--config", flags.config, "a TOML file with these settings by name")
      ->type_name("FILE");
  for (const Setting& setting : settings_table()) {
    std::string flag = "--" + std::string(setting.name);
    if (setting.value_name.empty()) {
      command.add_flag(flag, flags.switches[std::string(setting.name)], std::string(setting.help));
      continue;
    }
    auto* option = command.add_option(flag, flags.values[std::string(setting.name)],
                                      std::string(setting.help));
    option->type_name(std::string(setting.value_name));
    if (!setting.repeatable) option->expected(1);
  }
}

Values values_from_flags(const ServeFlags& flags) {
  Values values;
  for (const auto& [name, list] : flags.values) {
    if (!list.empty()) values[name] = list;
  }
  for (const auto& [name, on] : flags.switches) {
    if (on) values[name] = {"true"};
  }
  return values;
}

std::expected<Values, std::string> values_from_config(const ServeFlags& flags) {
  const char* from_environment = environment("LAKESIDE_CONFIG");
  std::string file = !flags.config.empty()         ? flags.config
                     : from_environment != nullptr ? from_environment
                                                   : "";
  if (file.empty()) return Values{};
  auto text = read_small_file(file);
  if (!text) return std::unexpected(text.error().detail);
  auto values = values_from_toml(*text);
  if (!values) return std::unexpected(file + ": " + values.error());
  return values;
}

int fail_with(const std::string& message) {
  std::fprintf(stderr, "lakeside: %s\n", message.c_str());
  return 2;
}

int run_serve(const ServeFlags& flags) {
  auto config = values_from_config(flags);
  if (!config) return fail_with(config.error());
  auto settings = resolve_settings({{"command line", values_from_flags(flags)},
                                    {"environment", values_from_environment(environment)},
                                    {"configuration file", *config}});
  if (!settings) return fail_with(settings.error());
  return serve(*settings);
}

int run_env(std::optional<int> port) {
  auto server = choose_server(running_servers(), port);
  if (!server) return fail_with(server.error());
  std::fputs(export_lines(*server, environment).c_str(), stdout);
  return 0;
}

int run(int argc, char** argv) {
  CLI::App cli("Lakeside: a whole cloud in one program.");
  cli.set_version_flag("--version", "lakeside " LAKESIDE_VERSION);
  cli.require_subcommand(1);

  ServeFlags flags;
  CLI::App* serve_command = cli.add_subcommand("serve", "start the cloud");
  add_serve_options(*serve_command, flags);

  std::optional<int> port;
  CLI::App* env_command =
      cli.add_subcommand("env", "print the lines that point a terminal's clients here");
  env_command->add_option("--port", port, "of the server, where several are running");

  KeysFlags keys;
  add_keys_command(cli, keys);
  ModelsFlags models;
  add_models_command(cli, models);
  AccountFlags account;
  add_account_command(cli, account);
  MasterKeyFlags master_key;
  add_master_key_command(cli, master_key);
  PolicyFlags policy;
  add_policy_command(cli, policy);

  CLI::App* operations_command =
      cli.add_subcommand("operations", "list the API operations and whether they are implemented");
  bool json = false;
  operations_command->add_flag("--json", json, "as JSON");

  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return cli.exit(error) == 0 ? 0 : 2;
  }
  if (serve_command->parsed()) return run_serve(flags);
  if (env_command->parsed()) return run_env(port);
  if (cli.got_subcommand("keys")) return run_keys(cli, keys);
  if (cli.got_subcommand("models")) return run_models(cli, models);
  if (cli.got_subcommand("account")) return run_account(cli, account);
  if (cli.got_subcommand("master-key")) return run_master_key(master_key);
  if (cli.got_subcommand("policy")) return run_policy(cli, policy);
  std::fputs(operations_text(json).c_str(), stdout);
  return 0;
}

}  // namespace
}  // namespace lakeside::app

int main(int argc, char** argv) { return lakeside::app::run(argc, argv); }
