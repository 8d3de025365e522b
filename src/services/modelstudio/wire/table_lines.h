// Runs the lines of jobs through the table of operations.
#pragma once

#include <span>

#include "services/modelstudio/ops/line_work.h"
#include "services/modelstudio/wire/call.h"

namespace lakeside::modelstudio::wire {

class TableLines final : public ops::LineWork {
 public:
  // Both outlive it.
  TableLines(std::span<const Row> rows, const Environment& env) : rows_(rows), env_(env) {}

  [[nodiscard]] std::unique_ptr<Check> check(const Job& job) const override;
  Task<LineResult> run(const Job& job, std::uint32_t number, const std::string& text,
                       const std::optional<ModelKey>& key, LineModels& models) const override;
  Task<Status> conclude(const Job& job, const std::optional<LineResult>& result) const override;
  [[nodiscard]] LineResult left_out(const Job& job, std::uint32_t number,
                                    const std::string& text) const override;

 private:
  const std::span<const Row> rows_;
  const Environment& env_;
};

}  // namespace lakeside::modelstudio::wire
