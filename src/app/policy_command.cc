#include "app/policy_command.h"

#include <cstdio>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

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

std::string generation_path(const PolicyFlags& flags) {
  std::string path = "policy/generation?denied=" + std::string(flags.denied ? "true" : "false");
  auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) path += "&" + std::string(name) + "=" + percent_encode(value);
  };
  add("principal", flags.principal);
  add("access-key", flags.access_key);
  add("since", flags.since);
  add("until", flags.until);
  for (const std::string& pattern : flags.patterns) add("generalise", pattern);
  return path;
}

void add_generate(CLI::App& policy, PolicyFlags& flags) {
  CLI::App* generate =
      policy.add_subcommand("generate", "print the least policy that allows recorded calls");
  generate->add_option("--port", flags.port, "of the server, where several are running");
  generate->add_option("--as", flags.principal,
                       "whose calls: root, user/NAME, role/NAME, or an ARN");
  generate->add_option("--access-key", flags.access_key, "the calls of this access key");
  generate->add_option("--since", flags.since, "a time, or how long ago: 30m, 2h, 7d");
  generate->add_option("--until", flags.until, "likewise; default: now");
  generate
      ->add_option("--generalise", flags.patterns,
                   "write resources that this pattern covers as the pattern "
                   "(acs:oss:*:*:bucket/logs/*), again for each")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  generate->add_flag("--denied", flags.denied, "allow also what was denied");
}

int print_generated(const std::string& answer) {
  auto json = nlohmann::ordered_json::parse(answer, nullptr, false);
  if (!json.is_object() || !json.contains("policy")) {
    std::fputs("lakeside: the server's answer is not understood\n", stderr);
    return 1;
  }
  std::puts(json["policy"].dump(2).c_str());
  if (!json.value("dataEvents", false)) {
    std::fputs("calls on objects are not recorded: start the server with --audit-data-events on\n",
               stderr);
  }
  return 0;
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
  add_generate(*policy, flags);
}

int run_policy(const CLI::App& cli, const PolicyFlags& flags) {
  const bool generate = cli.get_subcommand("policy")->got_subcommand("generate");
  auto server = choose_server(running_servers(), flags.port);
  std::expected<std::string, std::string> answer;
  if (!server) {
    answer = std::unexpected(server.error());
  } else {
    answer =
        ask_server(*server, "GET", generate ? generation_path(flags) : simulation_path(flags), {});
  }
  if (!answer) {
    std::fprintf(stderr, "lakeside: %s\n", answer.error().c_str());
    return 1;
  }
  if (generate) return print_generated(*answer);
  std::fputs(answer->c_str(), stdout);
  return 0;
}

}  // namespace lakeside::app
