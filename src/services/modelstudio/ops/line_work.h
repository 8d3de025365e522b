// What the lines of a job are, for whoever runs them: wire/ knows the dialects.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/task.h"
#include "services/modelstudio/core/jobs.h"
#include "services/modelstudio/core/line_models.h"
#include "services/modelstudio/core/model_keys.h"

namespace lakeside::modelstudio::ops {

// Thread-safe.
class LineWork {
 public:
  virtual ~LineWork() = default;

  // Looks at all lines of a job's input before the first is run.
  class Check {
   public:
    virtual ~Check() = default;
    // What is wrong with it.
    virtual std::optional<JobError> line(const std::string& text) = 0;
    // The model that all lines ask for.
    [[nodiscard]] virtual std::string model() const = 0;
  };
  [[nodiscard]] virtual std::unique_ptr<Check> check(const Job& job) const = 0;

  // Runs a line as the request that it is, whatever comes of it. The key is its owner's; without
  // one it is refused.
  virtual Task<LineResult> run(const Job& job, std::uint32_t number, const std::string& text,
                               const std::optional<ModelKey>& key, LineModels& models) const = 0;
  // Of a kResponse whose line has run, or was left out: says so in its response.
  virtual Task<Status> conclude(const Job& job, const std::optional<LineResult>& result) const = 0;
  // For a line that is not run: the job was cancelled, or its time is over.
  [[nodiscard]] virtual LineResult left_out(const Job& job, std::uint32_t number,
                                            const std::string& text) const = 0;
};

}  // namespace lakeside::modelstudio::ops
