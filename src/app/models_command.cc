#include "app/models_command.h"

#include <cstdio>

#include <CLI/CLI.hpp>

#include "app/data_folder.h"
#include "app/model_folder.h"

namespace lakeside::app {
namespace {

int print_models(const ModelFolder& folder) {
  auto models = folder.list();
  if (models.empty()) {
    std::fputs("no models yet: lakeside models import FILE.gguf\n", stderr);
    return 0;
  }
  for (const ModelFile& model : models) {
    std::printf("%-48s %8.1f MiB  %s\n", model.name.c_str(),
                static_cast<double>(model.bytes) / (1 << 20),
                format_iso8601_millis(model.added).substr(0, 10).c_str());
  }
  return 0;
}

int report(const Status& done) {
  if (done) return 0;
  std::fprintf(stderr, "lakeside: %s\n", done.error().detail.c_str());
  return 1;
}

}  // namespace

void add_models_command(CLI::App& cli, ModelsFlags& flags) {
  CLI::App* models = cli.add_subcommand("models", "list, import and remove models");
  models->require_subcommand(1);
  auto add = [&](const char* name, const char* help) {
    CLI::App* command = models->add_subcommand(name, help);
    command->add_option("--data", flags.data, "the data folder")->type_name("DIR");
    return command;
  };
  add("list", "list the models of the data folder");
  CLI::App* import = add("import", "copy a GGUF file into the data folder");
  import->add_option("FILE", flags.file)->required();
  import->add_option("--name", flags.name, "the model's name; default: the file's");
  add("rm", "remove a model")->add_option("NAME", flags.name)->required();
}

int run_models(const CLI::App& cli, const ModelsFlags& flags) {
  const CLI::App* models = cli.get_subcommand("models");
  ModelFolder folder(flags.data.empty() ? default_data_folder() : flags.data);
  if (models->got_subcommand("list")) return print_models(folder);
  if (models->got_subcommand("rm")) return report(folder.remove(flags.name));
  return report(
      folder.import(flags.file, flags.name.empty() ? default_model_name(flags.file) : flags.name));
}

}  // namespace lakeside::app
