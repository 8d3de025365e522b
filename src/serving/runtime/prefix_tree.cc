#include "serving/runtime/prefix_tree.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace lakeside::serving {

struct PrefixTree::Node {
  Node* parent = nullptr;
  std::vector<Token> tokens;  // from the parent to here
  std::map<Token, std::unique_ptr<Node>> children;
  std::vector<SequenceId> ends;  // the sequences that end here
};

namespace {

std::size_t common_length(std::span<const Token> a, std::span<const Token> b) {
  return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

}  // namespace

PrefixTree::PrefixTree() : root_(std::make_unique<Node>()) {}
PrefixTree::~PrefixTree() = default;

void PrefixTree::insert(SequenceId sequence, std::span<const Token> tokens) {
  assert(!ends_.contains(sequence));
  Node* node = root_.get();
  while (!tokens.empty()) {
    std::unique_ptr<Node>& child = node->children[tokens.front()];
    if (!child) {
      child = std::make_unique<Node>();
      child->parent = node;
      child->tokens.assign(tokens.begin(), tokens.end());
    }
    const std::size_t common = common_length(child->tokens, tokens);
    node = common == child->tokens.size() ? child.get() : &split(*child, common);
    tokens = tokens.subspan(common);
  }
  node->ends.push_back(sequence);
  ends_[sequence] = node;
}

// Makes the first `length` tokens of the node's a node of their own, and returns it.
PrefixTree::Node& PrefixTree::split(Node& node, std::size_t length) {
  std::unique_ptr<Node>& place = node.parent->children[node.tokens.front()];
  auto lower = std::move(place);
  place = std::make_unique<Node>();
  place->parent = lower->parent;
  const auto middle = lower->tokens.begin() + static_cast<std::ptrdiff_t>(length);
  place->tokens.assign(lower->tokens.begin(), middle);
  lower->tokens.erase(lower->tokens.begin(), middle);
  lower->parent = place.get();
  Node& upper = *place;
  upper.children[lower->tokens.front()] = std::move(lower);
  return upper;
}

void PrefixTree::remove(SequenceId sequence) {
  auto found = ends_.find(sequence);
  if (found == ends_.end()) return;
  Node& node = *found->second;
  ends_.erase(found);
  std::erase(node.ends, sequence);
  prune(node);
}

// Takes away nodes that nothing ends at or branches at any more, from `node` upward.
void PrefixTree::prune(Node& node) {
  if (!node.parent || !node.ends.empty()) return;
  if (node.children.empty()) {
    Node& parent = *node.parent;
    const Token edge = node.tokens.front();
    parent.children.erase(edge);
    prune(parent);
    return;
  }
  if (node.children.size() > 1) return;
  auto child = std::move(node.children.begin()->second);
  child->tokens.insert(child->tokens.begin(), node.tokens.begin(), node.tokens.end());
  child->parent = node.parent;
  Node& parent = *node.parent;
  const Token edge = child->tokens.front();
  parent.children[edge] = std::move(child);  // ends `node`
}

// All sequences at and below `node` but those of `except`.
void PrefixTree::collect(const Node& node, std::int32_t length, const Node* except,
                         std::vector<Match>& found) {
  for (SequenceId sequence : node.ends) found.push_back({sequence, length});
  for (const auto& [token, child] : node.children) {
    if (child.get() != except) collect(*child, length, nullptr, found);
  }
}

std::vector<PrefixTree::Match> PrefixTree::matches(std::span<const Token> tokens) const {
  std::vector<std::pair<const Node*, std::int32_t>> path;  // and the length at each node
  const Node* node = root_.get();
  std::int32_t length = 0;
  while (static_cast<std::size_t>(length) < tokens.size()) {
    auto next = node->children.find(tokens[static_cast<std::size_t>(length)]);
    if (next == node->children.end()) break;
    node = next->second.get();
    const std::size_t common =
        common_length(node->tokens, tokens.subspan(static_cast<std::size_t>(length)));
    length += static_cast<std::int32_t>(common);
    path.emplace_back(node, length);
    if (common < node->tokens.size()) break;
  }
  std::vector<Match> found;
  const Node* below = nullptr;
  for (auto step = path.rbegin(); step != path.rend(); ++step) {
    collect(*step->first, step->second, below, found);
    below = step->first;
  }
  return found;
}

std::size_t PrefixTree::size() const {
  std::size_t size = 0;
  std::vector<const Node*> todo = {root_.get()};
  while (!todo.empty()) {
    const Node* node = todo.back();
    todo.pop_back();
    size += node->tokens.size();
    for (const auto& [token, child] : node->children) todo.push_back(child.get());
  }
  return size;
}

}  // namespace lakeside::serving
