// The results of a job's lines as the file that they become, in their order.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "services/modelstudio/core/job_store.h"
#include "services/modelstudio/core/line_reader.h"
#include "services/modelstudio/ops/line_work.h"

namespace lakeside::modelstudio::ops {

class ResultLines final : public ByteSource {
 public:
  enum class Which { kOk, kOthers, kAll };
  // With an input, lines without a result are there too: left out, so never kOk. Everything
  // outlives it.
  ResultLines(JobStore& jobs, const LineWork& work, const Job& job,
              const std::map<std::uint32_t, bool>& done, Which which,
              std::optional<ObjectStream> input);

  Task<Result<std::size_t>> read(MutableBytes into) override;
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return std::nullopt; }

 private:
  [[nodiscard]] bool wants(bool ok) const;
  // The next line; nothing at the end.
  Task<Result<std::optional<std::string>>> next();
  Task<Result<std::optional<std::string>>> next_of_input();
  Task<Result<std::optional<std::string>>> stored(std::uint32_t number);

  JobStore& jobs_;
  const LineWork& work_;
  const Job& job_;
  const std::map<std::uint32_t, bool>& done_;
  const Which which_;
  std::map<std::uint32_t, bool>::const_iterator at_;
  std::optional<LineReader> input_;
  std::string text_;
  std::size_t given_ = 0;  // of it
};

}  // namespace lakeside::modelstudio::ops
