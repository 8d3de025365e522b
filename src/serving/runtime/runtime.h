// The ModelServer: what happens to a request until it is a job, and how its reply is read.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "serving/runtime/limits.h"
#include "serving/runtime/model_server.h"
#include "serving/runtime/registry.h"

namespace lakeside::serving {

class Runtime final : public ModelRuntime {
 public:
  explicit Runtime(RuntimeOptions options);
  ~Runtime() override;

  std::vector<ModelStatus> models() const override;
  Task<ModelResult<std::unique_ptr<Generation>>> generate(const GenerateRequest& request) override;
  Task<ModelResult<EmbedResult>> embed(const std::string& model,
                                       const std::vector<std::string>& texts,
                                       const Tenant& tenant) override;
  Task<ModelResult<RankResult>> rank(const std::string& model, const std::string& query,
                                     const std::vector<std::string>& documents,
                                     const Tenant& tenant) override;
  Task<ModelResult<Tokens>> tokenize(const std::string& model, const std::string& text) override;

  void add_model(ModelFile file) override;
  bool remove_model(const std::string& name) override;
  bool pin_model(const std::string& name, bool pinned) override;
  void expect_model(const std::string& name, const std::string& problem) override;
  std::size_t unload_idle() override;
  Task<ModelResult<bool>> load_model(const std::string& name) override;
  ModelResult<void> begin_load(const std::string& name) override;
  Unloading begin_unload(const std::string& name) override;
  ModelMemory memory() const override;

 private:
  // Work on a model's thread that a coroutine waits for, and its bill.
  struct Errand;
  Task<ModelResult<void>> run_errand(const std::string& model, const Tenant& tenant,
                                     std::shared_ptr<Errand> errand);

  std::unique_ptr<Metrics> own_metrics_;
  RuntimeOptions options_;
  Limits limits_;
  ThreadPool text_;  // for templates and tokens, which are slow for long texts
  Registry registry_;
};

}  // namespace lakeside::serving
