#include "app/models_command.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <thread>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/data_folder.h"
#include "app/env_command.h"
#include "app/model_folder.h"
#include "app/object_source.h"
#include "app/progress.h"
#include "app/pull.h"
#include "app/server_client.h"
#include "base/encoding.h"

namespace lakeside::app {
namespace {

// What the server that runs on the folder says of each model, by name; nothing without one.
std::map<std::string, std::string> states_of(const std::filesystem::path& data) {
  std::map<std::string, std::string> states;
  std::error_code error;
  for (const RunInfo& server : running_servers()) {
    if (server.data.empty() || !std::filesystem::equivalent(server.data, data, error)) continue;
    auto answer = ask_server(server, "GET", "health?verbose", {});
    auto json = nlohmann::json::parse(answer.value_or(""), nullptr, false);
    if (!json.is_object() || !json.contains("models")) continue;
    for (const auto& model : json["models"]) {
      states[model.value("name", "")] = model.value("state", "") +
                                        (model.contains("problem") ? ": " : "") +
                                        model.value("problem", "");
    }
  }
  return states;
}

int print_models(const ModelFolder& folder, std::map<std::string, std::string> states) {
  auto models = folder.list();
  if (models.empty() && states.empty()) {
    std::fputs("no models yet: lakeside models pull OWNER/REPO, or import FILE.gguf\n", stderr);
    return 0;
  }
  for (const ModelFile& model : models) {
    auto state = states.extract(model.name);
    std::printf("%-48s %8.1f MiB  %s%s%s%s\n", model.name.c_str(),
                static_cast<double>(model.bytes) / (1 << 20),
                format_iso8601_millis(model.added).substr(0, 10).c_str(),
                model.pinned ? "  pinned" : "", state ? "  " : "",
                state ? state.mapped().c_str() : "");
  }
  // What the server knows beside the files: being fetched, or failed to be.
  for (const auto& [name, state] : states) {
    std::printf("%-48s %12s  %10s  %s\n", name.c_str(), "", "", state.c_str());
  }
  return 0;
}

int report(const Status& done) {
  if (done) return 0;
  std::fprintf(stderr, "lakeside: %s\n", done.error().detail.c_str());
  return 1;
}

// What has come by then stays in the part, which the next pull goes on with.
extern "C" void say_and_stop(int signal) {
  constexpr std::string_view kText = "\nstopped; the same command goes on from here\n";
  [[maybe_unused]] auto written = ::write(STDERR_FILENO, kText.data(), kText.size());
  ::raise(signal);  // as it was before this handler: it ends the process
}

int pull(const ModelsFlags& flags, const ModelFolder& folder) {
  struct sigaction action{};
  action.sa_handler = say_and_stop;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);  // a hub that goes away is an error, not the end
  Result<std::string> name = fail(ErrorCode::kInvalid, "");
  {
    Progress progress;
    name =
        pull_model({flags.file, flags.hub, flags.pattern, flags.name}, folder,
                   [](const std::string& variable) { return std::getenv(variable.c_str()); },
                   {[&](const std::string& line) { progress.say(line); },
                    [&](std::uint64_t done, std::uint64_t total) { progress.moved(done, total); },
                    [](std::chrono::seconds wait) {
                      std::this_thread::sleep_for(wait);
                      return true;
                    }});
  }
  if (!name) return report(std::unexpected(name.error()));
  std::printf("%s\n", name->c_str());
  return 0;
}

// The running server copies it: the bucket is its own.
int import_object(const ModelsFlags& flags) {
  auto source = parse_object_source(flags.file);
  if (!source) return report(std::unexpected(source.error()));
  auto server = choose_server(running_servers(), flags.port);
  if (!server) return report(fail(ErrorCode::kUnavailable, server.error()));
  SignedHeaders headers = {{"x-oss-model-source", percent_encode(source->text(), true)}};
  if (!flags.name.empty()) headers.emplace_back("x-oss-model-name", flags.name);
  std::string name;
  std::string problem = "the server stopped before it was done";
  std::expected<void, std::string> asked;
  {
    Progress progress;
    asked = ask_server_lines(*server, "POST", "models", headers, [&](const std::string& line) {
      auto json = nlohmann::json::parse(line, nullptr, false);
      if (!json.is_object()) return;
      if (json.contains("done"))
        progress.moved(json.value("done", 0ULL), json.value("total", 0ULL));
      name = json.value("name", "");
      problem = json.value("error", problem);
    });
  }
  if (!asked) return report(fail(ErrorCode::kUnavailable, asked.error()));
  if (name.empty()) return report(fail(ErrorCode::kUnavailable, problem));
  std::printf("%s\n", name.c_str());
  return 0;
}

}  // namespace

void add_models_command(CLI::App& cli, ModelsFlags& flags) {
  CLI::App* models = cli.add_subcommand("models", "pull, import, list, pin and remove models");
  models->require_subcommand(1);
  auto add = [&](const char* name, const char* help) {
    CLI::App* command = models->add_subcommand(name, help);
    command->add_option("--data", flags.data, "the data folder")->type_name("DIR");
    return command;
  };
  add("list", "list the models of the data folder");
  CLI::App* import = add("import", "copy a GGUF file into the data folder, or oss://BUCKET/KEY");
  import->add_option("FILE", flags.file)->required();
  import->add_option("--port", flags.port, "of the server with the bucket, where several run");
  import->add_option("--name,--as", flags.name, "the model's name; default: the file's");
  CLI::App* pull =
      add("pull", "fetch a model from ModelScope or Hugging Face; goes on where it was");
  pull->add_option("MODEL", flags.file, "OWNER/REPO or OWNER/REPO:Q4_K_M")->required();
  pull->add_option("--hub", flags.hub,
                   "modelscope (the default), hf, or an address (LAKESIDE_HUB, HF_ENDPOINT)");
  pull->add_option("--file", flags.pattern, "which GGUF file of it")->type_name("PATTERN");
  pull->add_option("--name,--as", flags.name, "the model's name; default: the file's");
  add("pin", "keep a model in memory once it is loaded")
      ->add_option("NAME", flags.name)
      ->required();
  add("unpin", "let a model be unloaded again")->add_option("NAME", flags.name)->required();
  add("rm", "remove a model")->add_option("NAME", flags.name)->required();
}

int run_models(const CLI::App& cli, const ModelsFlags& flags) {
  const CLI::App* models = cli.get_subcommand("models");
  const auto data = flags.data.empty() ? default_data_folder() : flags.data;
  ModelFolder folder(data);
  if (models->got_subcommand("list")) return print_models(folder, states_of(data));
  if (models->got_subcommand("rm")) return report(folder.remove(flags.name));
  if (models->got_subcommand("pull")) return pull(flags, folder);
  if (models->got_subcommand("pin")) return report(folder.pin(flags.name, true));
  if (models->got_subcommand("unpin")) return report(folder.pin(flags.name, false));
  if (is_object_source(flags.file)) {
    if (flags.data.empty()) return import_object(flags);
    return report(
        fail(ErrorCode::kInvalid, "an object goes to its server's folder: --port, no --data"));
  }
  return report(
      folder.import(flags.file, flags.name.empty() ? default_model_name(flags.file) : flags.name));
}

}  // namespace lakeside::app
