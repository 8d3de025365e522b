// The parameters of an RPC request, from query and form alike, and typed reads of them whose faults
// name the parameter.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/message.h"
#include "gateway/rpc/fault.h"

namespace lakeside::rpc {

template <class T>
using Read = std::expected<T, Fault>;

struct Range {
  std::uint64_t least;
  std::uint64_t most;
};

class Parameters {
 public:
  Parameters() = default;
  // The first of each name counts; those of `first` come before those of `then`.
  Parameters(const std::vector<http::QueryParam>& first, const std::vector<http::QueryParam>& then);

  // Null where it did not come. What came empty is there: clients clear comments that way.
  [[nodiscard]] const std::string* find(std::string_view name) const;
  // Empty where it did not come.
  [[nodiscard]] std::string_view get(std::string_view name) const;

  // MissingParameter where it is absent or empty.
  [[nodiscard]] Read<std::string> required(std::string_view name) const;
  [[nodiscard]] Read<std::uint64_t> number(std::string_view name, std::uint64_t otherwise,
                                           Range range) const;
  [[nodiscard]] Read<bool> flag(std::string_view name, bool otherwise) const;
  // One of `values`, or the first of them where it is absent.
  [[nodiscard]] Read<std::string> one_of(std::string_view name,
                                         std::vector<std::string_view> values) const;
  // All, by name.
  [[nodiscard]] const std::vector<http::QueryParam>& all() const { return params_; }
  // NAME.1, NAME.2…, without a gap.
  [[nodiscard]] std::vector<std::string> list(std::string_view name, std::size_t most) const;
  // NAME.1.Key with NAME.1.Value, …
  struct Tag {
    std::string key;
    std::string value;
  };
  [[nodiscard]] std::vector<Tag> tags(std::string_view name, std::size_t most) const;
  // NAME.KEY of a map, whose keys the client chose, by key.
  [[nodiscard]] std::vector<Tag> members(std::string_view name, std::size_t most) const;

 private:
  std::vector<http::QueryParam> params_;  // sorted by name
};

}  // namespace lakeside::rpc
