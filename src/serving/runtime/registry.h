// The models by name, and which of them are in memory. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/executor.h"
#include "base/task.h"
#include "serving/runtime/event.h"
#include "serving/runtime/model_loop.h"
#include "serving/runtime/model_server.h"

namespace lakeside::serving {

class Registry {
  struct Entry;

 public:
  // The model stays loaded as long as one of these lives.
  class Lease {
   public:
    Lease(Registry& registry, std::shared_ptr<Entry> entry);
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    [[nodiscard]] ModelLoop& loop() const;
    [[nodiscard]] Backend& backend() const { return *loop().backend(); }

   private:
    Registry& registry_;
    const std::shared_ptr<Entry> entry_;
  };

  explicit Registry(const RuntimeOptions& options);
  ~Registry();

  void add(ModelFile file);
  bool remove(const std::string& name);
  bool pin(const std::string& name, bool pinned);
  void expect(const std::string& name, const std::string& problem);
  std::size_t unload_idle();
  // See ModelRuntime.
  ModelResult<void> begin_load(const std::string& name);
  ModelRuntime::Unloading begin_unload(const std::string& name);
  [[nodiscard]] ModelMemory memory() const;
  [[nodiscard]] std::vector<ModelStatus> list() const;
  // Loads the model if need be. Faults: kUnknownModel, kNoMemory, kBroken, kInternal.
  Task<ModelResult<std::shared_ptr<Lease>>> open(const std::string& name);

 private:
  ModelResult<std::shared_ptr<Entry>> find(const std::string& name) const;
  void want(const std::shared_ptr<Entry>& entry);
  void load(const std::shared_ptr<Entry>& entry);
  void load_file(const std::shared_ptr<Entry>& entry);
  bool make_room(std::uint64_t bytes);
  std::shared_ptr<Entry> idle_longest() const;
  void unload(const std::shared_ptr<Entry>& entry);
  void show(const Entry& entry);
  void hide(const Entry& entry);
  void settle(Entry& entry, std::optional<ModelError> error);
  void release(const std::shared_ptr<Entry>& entry);
  void drop(const std::shared_ptr<Entry>& entry);

  const RuntimeOptions options_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Entry>> entries_;
  std::uint64_t bytes_used_ = 0;
  std::uint64_t uses_ = 0;
  ThreadPool loaders_;  // last: its jobs use the rest
};

}  // namespace lakeside::serving
