#include "app/models_command.h"

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include <CLI/CLI.hpp>

#include "app/data_folder.h"
#include "app/model_folder.h"
#include "app/progress.h"
#include "app/pull.h"

namespace lakeside::app {
namespace {

int print_models(const ModelFolder& folder) {
  auto models = folder.list();
  if (models.empty()) {
    std::fputs("no models yet: lakeside models pull OWNER/REPO, or import FILE.gguf\n", stderr);
    return 0;
  }
  for (const ModelFile& model : models) {
    std::printf(
        "%-48s %8.1f MiB  %s%s\n", model.name.c_str(), static_cast<double>(model.bytes) / (1 << 20),
        format_iso8601_millis(model.added).substr(0, 10).c_str(), model.pinned ? "  pinned" : "");
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
                    [&](std::uint64_t done, std::uint64_t total) { progress.moved(done, total); }});
  }
  if (!name) return report(std::unexpected(name.error()));
  std::printf("%s\n", name->c_str());
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
  CLI::App* import = add("import", "copy a GGUF file into the data folder");
  import->add_option("FILE", flags.file)->required();
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
  ModelFolder folder(flags.data.empty() ? default_data_folder() : flags.data);
  if (models->got_subcommand("list")) return print_models(folder);
  if (models->got_subcommand("rm")) return report(folder.remove(flags.name));
  if (models->got_subcommand("pull")) return pull(flags, folder);
  if (models->got_subcommand("pin")) return report(folder.pin(flags.name, true));
  if (models->got_subcommand("unpin")) return report(folder.pin(flags.name, false));
  return report(
      folder.import(flags.file, flags.name.empty() ? default_model_name(flags.file) : flags.name));
}

}  // namespace lakeside::app
