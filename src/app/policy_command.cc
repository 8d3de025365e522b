#include "app/policy_command.h"

#include <cstdio>

#include <CLI/CLI.hpp>

#include "app/env_command.h"
#include "app/server_client.h"
#include "base/encoding.h"

namespace lakeside::app {
namespace {

std::string simulation_path(const PolicyFlags& flags) {
  std::string path = "policy/simulation?principal=" + percent_encode(flags.principal) +
                     "&action=" + percent_encode(flags.action) +
                     "&resource=" + percent_encode(flags.resource);
  for (const std::string& one : flags.context) path += "&context=" + percent_encode(one);
  return path;
}

}  // namespace

void add_policy_command(CLI::App& cli, PolicyFlags& flags) {
  CLI::App* policy = cli.add_subcommand("policy", "ask what policies allow, and why");
  policy->require_subcommand(1);
  CLI::App* simulate =
      policy->add_subcommand("simulate", "print what would be decided, and what decides it");
  simulate->add_option("--port", flags.port, "of the server, where several are running");
  simulate
      ->add_option("--as", flags.principal,
                   "root, user/NAME, role/NAME, anonymous, or an ARN (acs:ram::ACCOUNT:user/NAME)")
      ->required();
  simulate->add_option("--action", flags.action, "such as oss:GetObject")->required();
  simulate->add_option("--resource", flags.resource, "such as acs:oss:*:*:bucket/key")->required();
  simulate
      ->add_option(
          "--context", flags.context,
          "a condition key of the request, KEY=VALUE (acs:SourceIp=10.0.0.1), again for each")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

int run_policy(const CLI::App&, const PolicyFlags& flags) {
  auto server = choose_server(running_servers(), flags.port);
  std::expected<std::string, std::string> answer;
  if (!server) {
    answer = std::unexpected(server.error());
  } else {
    answer = ask_server(*server, "GET", simulation_path(flags), {});
  }
  if (!answer) {
    std::fprintf(stderr, "lakeside: %s\n", answer.error().c_str());
    return 1;
  }
  std::fputs(answer->c_str(), stdout);
  return 0;
}

}  // namespace lakeside::app
