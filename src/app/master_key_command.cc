#include "app/master_key_command.h"

#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <CLI/CLI.hpp>

#include "app/env_command.h"
#include "app/master_key.h"
#include "app/run_file.h"

namespace lakeside::app {
namespace {

int fail_with(const std::string& message) {
  std::fprintf(stderr, "lakeside: %s\n", message.c_str());
  return 1;
}

}  // namespace

void add_master_key_command(CLI::App& cli, MasterKeyFlags& flags) {
  CLI::App* command = cli.add_subcommand("master-key", "the key under which secrets rest");
  command->require_subcommand(1);
  CLI::App* rotate = command->add_subcommand(
      "rotate", "put a new key first in the running server's file, and have it seal with that");
  rotate->add_option("--port", flags.port, "of the server, where several are running");
}

int run_master_key(const MasterKeyFlags& flags) {
  if (std::getenv("LAKESIDE_MASTER_KEY") != nullptr) {
    return fail_with(
        "the master key is in LAKESIDE_MASTER_KEY: put a new one before it there, and "
        "start the server again");
  }
  auto server = choose_server(running_servers(), flags.port);
  if (!server) return fail_with(server.error());
  const char* named = std::getenv("LAKESIDE_MASTER_KEY_FILE");
  const std::filesystem::path file = named != nullptr
                                         ? std::filesystem::path(named)
                                         : std::filesystem::path(server->data) / "master-key";
  Status added = add_master_key(file);
  if (!added) return fail_with(added.error().detail);
  if (::kill(server->pid, SIGHUP) != 0) {
    return fail_with("the key is in " + file.string() + ", but the server could not be told");
  }
  std::printf("A new key is first in %s; the server seals with it. Keep the others for backups.\n",
              file.c_str());
  return 0;
}

}  // namespace lakeside::app
