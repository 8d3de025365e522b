#include "app/account_command.h"

#include <cstdio>

#include <CLI/CLI.hpp>

#include "app/account_folder.h"
#include "app/env_command.h"
#include "app/server_client.h"

namespace lakeside::app {
namespace {

using Text = std::expected<std::string, std::string>;

Text ask(const CLI::App& account, const AccountFlags& flags) {
  auto server = choose_server(running_servers(), flags.port);
  if (!server) {
    return std::unexpected(server.error() + "\n(or give --data FOLDER, where no server runs)");
  }
  if (account.got_subcommand("list")) return ask_server(*server, "GET", "accounts", {});
  if (account.got_subcommand("create")) {
    SignedHeaders settings;
    if (!flags.name.empty()) settings.emplace_back("x-oss-account-name", flags.name);
    return ask_server(*server, "POST", "accounts", settings);
  }
  const char* state = account.got_subcommand("disable") ? "disabled" : "enabled";
  return ask_server(*server, "PUT", "accounts",
                    {{"x-oss-account-id", flags.id}, {"x-oss-account-state", state}});
}

Text change_folder(const CLI::App& account, const AccountFlags& flags) {
  if (account.got_subcommand("list")) return list_accounts_of(flags.data);
  if (account.got_subcommand("create")) return create_account_in(flags.data, flags.name);
  return set_account_state_in(flags.data, flags.id, account.got_subcommand("disable"));
}

}  // namespace

void add_account_command(CLI::App& cli, AccountFlags& flags) {
  CLI::App* account = cli.add_subcommand("account", "make, list and disable accounts");
  account->require_subcommand(1);
  auto add = [&](const char* name, const char* help) {
    CLI::App* command = account->add_subcommand(name, help);
    auto* port =
        command->add_option("--port", flags.port, "of the server, where several are running");
    command->add_option("--data", flags.data, "the data folder, where no server runs")
        ->type_name("FOLDER")
        ->excludes(port);
    return command;
  };
  add("create", "make an account; its root key is shown once")
      ->add_option("--name", flags.name, "for people");
  add("list", "list the accounts, without their secrets");
  add("disable", "refuse an account's keys and sessions at once")
      ->add_option("ID", flags.id, "16 digits")
      ->required();
  add("enable", "take them again")->add_option("ID", flags.id, "16 digits")->required();
}

int run_account(const CLI::App& cli, const AccountFlags& flags) {
  const CLI::App& account = *cli.get_subcommand("account");
  Text answer = flags.data.empty() ? ask(account, flags) : change_folder(account, flags);
  if (!answer) {
    std::fprintf(stderr, "lakeside: %s\n", answer.error().c_str());
    return 1;
  }
  std::fputs(answer->c_str(), stdout);
  return 0;
}

}  // namespace lakeside::app
