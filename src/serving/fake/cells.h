// The book of a key-value cache: which tokens each sequence holds, and how many cells that takes
// when what is shared counts once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "serving/backend.h"

namespace lakeside::serving::fake {

class Cells {
 public:
  Cells(std::uint32_t cells, std::uint32_t sequences);

  // Errors: kInvalid for a row that is not the next of its sequence; kNoSpace. Then it did nothing.
  Status append(std::span<const Row> rows);
  void share(SequenceId from, SequenceId to, std::int32_t length);
  void truncate(SequenceId sequence, std::int32_t length);
  [[nodiscard]] std::vector<Token> tokens(SequenceId sequence) const;
  [[nodiscard]] std::size_t used() const { return cells_.size() - free_.size(); }

 private:
  struct Cell {
    Token token = 0;
    std::uint32_t users = 0;
  };
  [[nodiscard]] Status check(std::span<const Row> rows) const;

  std::vector<Cell> cells_;
  std::vector<std::uint32_t> free_;
  std::vector<std::vector<std::uint32_t>> sequences_;
};

}  // namespace lakeside::serving::fake
