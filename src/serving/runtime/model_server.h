// The model server: many models, each on a thread of its own, shared fairly by many tenants.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/metrics.h"
#include "serving/model.h"
#include "serving/runtime/usage.h"

namespace lakeside::serving {

// A model that can be loaded under its name.
struct ModelFile {
  std::string name;
  std::string path;
  std::uint64_t file_bytes = 0;
  std::uint64_t cache_bytes = 0;       // of its key-value cache; 0: guessed from the file's size
  bool pinned = false;                 // once loaded it stays
  std::optional<ModelCard> card = {};  // what the file says of itself, where somebody looked
  Time added;
};

// Called on a loader's thread. kCorrupt, kInvalid, kUnsupported and kNotFound mean that there is no
// use in trying again; kNoSpace that memory was short.
using ModelLoader =
    std::function<Result<std::unique_ptr<Backend>>(const std::string& name, const LoadOptions&)>;

struct RuntimeOptions {
  ModelLoader loader;
  LoadOptions load;                // for all models; the path is each model's own
  std::uint64_t memory_bytes = 0;  // for all loaded models together; 0: no limit
  std::uint32_t max_queue = 256;   // requests that wait for one model
  std::uint32_t streams_per_step = 16;
  std::uint32_t background_rows = 32;
  std::chrono::milliseconds step_time{150};
  const Clock* clock = &system_clock();
  UsageSink* usage = nullptr;      // may be none
  Metrics* metrics = nullptr;      // may be none
  std::uint32_t loaders = 2;       // models loaded at the same time
  std::uint32_t text_threads = 2;  // for templates and tokens
  // A model that nobody used for so long is unloaded by unload_idle(); 0: only for others' sake.
  std::chrono::seconds idle_timeout{0};
};

// What the program itself may do beside what services may.
class ModelRuntime : public ModelServer {
 public:
  // Replaces a model of the same name; who uses that one now goes on with it.
  virtual void add_model(ModelFile file) = 0;
  // False if there is none.
  virtual bool remove_model(const std::string& name) = 0;
  virtual bool pin_model(const std::string& name, bool pinned) = 0;
  // Shows a model whose file is not here: it is being fetched, or (with a problem) could not be.
  // One that is here stays as it is.
  virtual void expect_model(const std::string& name, const std::string& problem) = 0;
  // Called now and then; how many models it lets go.
  virtual std::size_t unload_idle() = 0;
  // Loads it now.
  virtual Task<ModelResult<bool>> load_model(const std::string& name) = 0;
  // Begins to load it and does not wait; how it went is in its status. Nothing to do for one that
  // is loaded or being loaded. Faults: kUnknownModel, kNoMemory (it is not here yet), kBroken.
  virtual ModelResult<void> begin_load(const std::string& name) = 0;
  // Begins to unload it, pinned or not. Nothing to do for one that is not in memory.
  enum class Unloading { kBegun, kUnknown, kInUse };
  virtual Unloading begin_unload(const std::string& name) = 0;
  [[nodiscard]] virtual ModelMemory memory() const = 0;
};

// Outlived by everything in the options, and outlives all that it returned: generations are
// destroyed and tasks have ended before it is.
[[nodiscard]] std::unique_ptr<ModelRuntime> make_model_server(RuntimeOptions options);

}  // namespace lakeside::serving
