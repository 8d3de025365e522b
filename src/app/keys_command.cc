#include "app/keys_command.h"

#include <cstdio>

#include <CLI/CLI.hpp>

#include "app/env_command.h"
#include "app/server_client.h"

namespace lakeside::app {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ",") + name;
  return list;
}

}  // namespace

void add_keys_command(CLI::App& cli, KeysFlags& flags) {
  CLI::App* keys = cli.add_subcommand("keys", "make, list and revoke keys for models");
  keys->require_subcommand(1);
  auto add = [&](const char* name, const char* help) {
    CLI::App* command = keys->add_subcommand(name, help);
    command->add_option("--port", flags.port, "of the server, where several are running");
    return command;
  };
  CLI::App* create = add("create", "make a key; it is shown once");
  create->add_option("--name", flags.name, "for people");
  create->add_option("--weight", flags.weight, "share beside other keys; default 1");
  create->add_option("--priority", flags.priority, "higher goes first; below 0: batch");
  create->add_option("--max-concurrent", flags.max_concurrent, "requests at a time");
  create->add_option("--tokens-per-minute", flags.tokens_per_minute, "prompt and completion");
  create->add_option("--expires-in-days", flags.expires_in_days, "default: never");
  create->add_flag("--private-prefixes", flags.private_prefixes,
                   "share no computed prompts with other keys");
  create->add_option("--workspace", flags.workspace,
                     "whose files, batches and responses it sees; default \"default\"");
  create
      ->add_option("--bucket", flags.buckets,
                   "a bucket that it reaches through the APIs of models, again for each; * for all")
      ->delimiter(',')
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  create
      ->add_option("--model", flags.models,
                   "a model that it may call, again for each; default: all")
      ->delimiter(',')
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add("list", "list the keys, without their secrets");
  add("revoke", "revoke a key at once")->add_option("ID", flags.id, "key-…")->required();
}

int run_keys(const CLI::App& cli, const KeysFlags& flags) {
  auto server = choose_server(running_servers(), flags.port);
  std::expected<std::string, std::string> answer;
  const CLI::App* keys = cli.get_subcommand("keys");
  if (!server) {
    answer = std::unexpected(server.error());
  } else if (keys->got_subcommand("list")) {
    answer = ask_server(*server, "GET", "keys", {});
  } else if (keys->got_subcommand("revoke")) {
    answer = ask_server(*server, "DELETE", "keys", {{"x-oss-key-id", flags.id}});
  } else {
    SignedHeaders settings;
    auto set = [&](const char* name, const std::string& value) {
      if (!value.empty()) settings.emplace_back(name, value);
    };
    set("x-oss-key-name", flags.name);
    set("x-oss-key-weight", flags.weight);
    set("x-oss-key-priority", flags.priority);
    set("x-oss-key-max-concurrent", flags.max_concurrent);
    set("x-oss-key-tokens-per-minute", flags.tokens_per_minute);
    set("x-oss-key-expires-in-days", flags.expires_in_days);
    set("x-oss-key-private-prefixes", flags.private_prefixes ? "true" : "");
    set("x-oss-key-workspace", flags.workspace);
    set("x-oss-key-buckets", joined(flags.buckets));
    set("x-oss-key-models", joined(flags.models));
    answer = ask_server(*server, "POST", "keys", settings);
  }
  if (!answer) {
    std::fprintf(stderr, "lakeside: %s\n", answer.error().c_str());
    return 1;
  }
  std::fputs(answer->c_str(), stdout);
  return 0;
}

}  // namespace lakeside::app
