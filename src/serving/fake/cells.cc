#include "serving/fake/cells.h"

#include <cassert>
#include <map>
#include <string>

namespace lakeside::serving::fake {

Cells::Cells(std::uint32_t cells, std::uint32_t sequences) : cells_(cells), sequences_(sequences) {
  for (std::uint32_t cell = cells; cell > 0; --cell) free_.push_back(cell - 1);
}

Status Cells::check(std::span<const Row> rows) const {
  std::map<SequenceId, std::int32_t> next;
  for (const Row& row : rows) {
    if (row.sequence < 0 || static_cast<std::size_t>(row.sequence) >= sequences_.size()) {
      return fail(ErrorCode::kInvalid, "no sequence " + std::to_string(row.sequence));
    }
    const auto length =
        static_cast<std::int32_t>(sequences_[static_cast<std::size_t>(row.sequence)].size());
    std::int32_t& position = next.try_emplace(row.sequence, length).first->second;
    if (row.position != position) {
      return fail(ErrorCode::kInvalid, "sequence " + std::to_string(row.sequence) + " goes on at " +
                                           std::to_string(position) + ", not " +
                                           std::to_string(row.position));
    }
    ++position;
  }
  if (rows.size() > free_.size()) return fail(ErrorCode::kNoSpace, "the cache is full");
  return {};
}

Status Cells::append(std::span<const Row> rows) {
  if (Status status = check(rows); !status) return status;
  for (const Row& row : rows) {
    const std::uint32_t cell = free_.back();
    free_.pop_back();
    cells_[cell] = {row.token, 1};
    sequences_[static_cast<std::size_t>(row.sequence)].push_back(cell);
  }
  return {};
}

void Cells::share(SequenceId from, SequenceId to, std::int32_t length) {
  const auto& source = sequences_.at(static_cast<std::size_t>(from));
  auto& target = sequences_.at(static_cast<std::size_t>(to));
  assert(from != to && target.empty() && "share() into a sequence in use");
  assert(length >= 0 && static_cast<std::size_t>(length) <= source.size());
  target.assign(source.begin(), source.begin() + length);
  for (std::uint32_t cell : target) ++cells_[cell].users;
}

void Cells::truncate(SequenceId sequence, std::int32_t length) {
  auto& cells = sequences_.at(static_cast<std::size_t>(sequence));
  while (cells.size() > static_cast<std::size_t>(length)) {
    if (--cells_[cells.back()].users == 0) free_.push_back(cells.back());
    cells.pop_back();
  }
}

std::vector<Token> Cells::tokens(SequenceId sequence) const {
  std::vector<Token> tokens;
  for (std::uint32_t cell : sequences_.at(static_cast<std::size_t>(sequence))) {
    tokens.push_back(cells_[cell].token);
  }
  return tokens;
}

}  // namespace lakeside::serving::fake
