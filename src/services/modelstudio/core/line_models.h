// The models as one line of a job sees them: what it cost and why it failed is kept, and its
// replies end when the server stops.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "services/modelstudio/core/jobs.h"
#include "services/modelstudio/core/model_keys.h"
#include "services/modelstudio/core/types.h"

namespace lakeside::modelstudio {

// The generations of a job's lines that run, so that a stop need not wait for them. Thread-safe.
class RunningGenerations {
 public:
  // Cancels those that run, and from now on every one at once.
  void stop();

 private:
  friend class TrackedGeneration;
  void add(serving::Generation& generation);
  void remove(serving::Generation& generation);

  std::mutex mutex_;
  bool stopped_ = false;
  std::set<serving::Generation*> all_;
};

// For whom the scheduler works when it runs a line: for the job's owner, but behind everybody's
// interactive work, and without taking one of the requests that the key may have at once. A line
// that is run again after a crash has the same usage id: what it costs is counted once.
[[nodiscard]] serving::Tenant background_tenant(const ModelKey& key, std::string usage_id);

// For one line, and for one try; outlives what it returned. All on one executor.
class LineModels final : public ModelServer {
 public:
  LineModels(ModelServer& server, RunningGenerations& running)
      : server_(server), running_(running) {}

  [[nodiscard]] const JobUsage& usage() const { return usage_; }
  // The last one: a line that met a full queue is tried again.
  [[nodiscard]] const std::optional<ModelError>& fault() const { return fault_; }

  [[nodiscard]] std::vector<serving::ModelStatus> models() const override;
  Task<ModelResult<std::unique_ptr<serving::Generation>>> generate(
      const serving::GenerateRequest& request) override;
  Task<ModelResult<serving::EmbedResult>> embed(const std::string& model,
                                                const std::vector<std::string>& texts,
                                                const serving::Tenant& tenant) override;
  Task<ModelResult<serving::RankResult>> rank(const std::string& model, const std::string& query,
                                              const std::vector<std::string>& documents,
                                              const serving::Tenant& tenant) override;
  Task<ModelResult<Tokens>> tokenize(const std::string& model, const std::string& text) override;

 private:
  friend class TrackedGeneration;
  template <class T>
  void note(const ModelResult<T>& result);

  ModelServer& server_;
  RunningGenerations& running_;
  JobUsage usage_;
  std::optional<ModelError> fault_;
  bool asked_ = false;
};

}  // namespace lakeside::modelstudio
