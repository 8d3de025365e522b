// Which sequences begin with the same tokens: a radix tree whose paths are the sequences.
//
// It knows nothing of what is computed and what only will be; scheduler.cc does.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "serving/backend.h"

namespace lakeside::serving {

class PrefixTree {
 public:
  struct Match {
    SequenceId sequence = 0;
    std::int32_t length = 0;  // tokens in common
    friend bool operator==(const Match&, const Match&) = default;
  };

  PrefixTree();
  ~PrefixTree();
  PrefixTree(const PrefixTree&) = delete;
  PrefixTree& operator=(const PrefixTree&) = delete;

  // `sequence` is not in the tree.
  void insert(SequenceId sequence, std::span<const Token> tokens);
  // It may be absent.
  void remove(SequenceId sequence);
  // All sequences that have a beginning in common with `tokens`, the longest first.
  [[nodiscard]] std::vector<Match> matches(std::span<const Token> tokens) const;
  // Tokens kept, those in common once.
  [[nodiscard]] std::size_t size() const;

 private:
  struct Node;
  static void collect(const Node& node, std::int32_t length, const Node* except,
                      std::vector<Match>& found);
  Node& split(Node& node, std::size_t length);
  void prune(Node& node);

  std::unique_ptr<Node> root_;
  std::unordered_map<SequenceId, Node*> ends_;
};

}  // namespace lakeside::serving
