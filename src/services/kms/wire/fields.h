// What KMS's operations read and write in common: fields with their limits, keys and secrets by
// name, faults in the vendor's words ("Common errors" of its API reference).
#pragma once

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/kms/core/asymmetric.h"
#include "services/kms/core/ciphertext.h"
#include "services/kms/wire/operation.h"

namespace lakeside::kms::wire {

using KeyPtr = std::shared_ptr<const Key>;
using SecretPtr = std::shared_ptr<const Secret>;

inline constexpr std::size_t kMaxDescription = 8192;

// Faults.
[[nodiscard]] Fault key_not_found();
[[nodiscard]] Fault key_version_not_found();
[[nodiscard]] Fault alias_not_found();
[[nodiscard]] Fault secret_not_found(std::string_view name);
[[nodiscard]] Fault state_modified_failed();
[[nodiscard]] Fault limit_exceeded(std::string_view what, std::size_t most);
[[nodiscard]] Fault unsupported_operation(std::string_view why);
[[nodiscard]] Fault unsupported_origin();
// The vendor has it, this program has not.
[[nodiscard]] Fault not_implemented(std::string_view what);
// Where one of these parameters came.
[[nodiscard]] std::optional<Fault> refuse_unsupported(const Parameters& in,
                                                      std::initializer_list<const char*> names);
// Nothing where the key may encrypt, sign…
[[nodiscard]] std::optional<Fault> refuse_unless_enabled(const Key& key, Time now);

// Fields. Free text; empty where it did not come.
[[nodiscard]] Read<std::string> read_text(const Parameters& in, std::string_view parameter,
                                          std::size_t most);
// Base64 of at most so many bytes; mandatory.
[[nodiscard]] Read<std::string> read_base64(const Parameters& in, std::string_view parameter,
                                            std::size_t most);
[[nodiscard]] Read<Wiped> read_plaintext(const Parameters& in, std::size_t most);
// As JSON, {"a": "1"}, or as parameters EncryptionContext.a=1; equal pairs are equal.
[[nodiscard]] Read<EncryptionContext> read_context(const Parameters& in,
                                                   std::string_view parameter);
// "7d", "604800s", …; mandatory.
[[nodiscard]] Read<std::chrono::seconds> read_interval(const Parameters& in,
                                                       std::string_view parameter,
                                                       std::chrono::days least,
                                                       std::chrono::days most);
// [{"TagKey": "a", "TagValue": "b"}]; none where it did not come.
[[nodiscard]] Read<Tags> read_tags(const Parameters& in, std::string_view parameter);
[[nodiscard]] std::optional<Fault> refuse_tag(std::string_view parameter, std::string_view key,
                                              std::string_view value);
// A JSON list of texts.
[[nodiscard]] Read<std::vector<std::string>> read_list(const Parameters& in,
                                                       std::string_view parameter,
                                                       std::size_t most);
// [{"Key": "SecretName", "Values": ["a", "b"]}]: what is listed has one of the values of each key.
struct Filter {
  std::string key;
  std::vector<std::string> values;
};
[[nodiscard]] Read<std::vector<Filter>> read_filters(const Parameters& in,
                                                     std::vector<std::string_view> keys);

// Keys. What names one may be its id, "alias/…" where aliases may, or an ARN of either.
enum class Aliases : std::uint8_t { kAccepted, kRefused };
[[nodiscard]] Read<KeyPtr> key_named(const Environment& env, const Invocation& in,
                                     std::string_view text, Aliases aliases);
// Of a parameter, which is mandatory.
[[nodiscard]] Read<KeyPtr> find_key(const Environment& env, const Invocation& in,
                                    std::string_view parameter, Aliases aliases);
[[nodiscard]] std::vector<KeyPtr> keys_of(const Environment& env, const Invocation& in);
// "alias/…"; mandatory.
[[nodiscard]] Read<std::string> read_alias_name(const Parameters& in);

// Secrets. One that waits for its deletion is found too. Null: there is none, or not the one that
// it was.
[[nodiscard]] SecretPtr secret_named(const Environment& env, const Invocation& in,
                                     std::string_view name);
[[nodiscard]] Read<SecretPtr> find_secret(const Environment& env, const Invocation& in);
// Rejected.ResourceInDeleteWindow.
[[nodiscard]] std::optional<Fault> refuse_if_deleted(const Secret& secret);
[[nodiscard]] Read<std::string> read_secret_name(const Parameters& in);

[[nodiscard]] const std::string& account_of(const Invocation& in);
[[nodiscard]] std::string date(Time time);  // 2026-11-22T06:44:14Z
[[nodiscard]] std::string arn(const Environment& env, const Invocation& in, std::string_view what);
[[nodiscard]] std::string base64_of(std::string_view bytes);
[[nodiscard]] Value json_of(const Tags& tags);  // [{"TagKey": …, "TagValue": …}]

// A copy of what the store keeps, ready to be changed.
template <class T>
[[nodiscard]] T copy_of(const std::shared_ptr<const T>& record) {
  return *record;
}

// PageNumber, from 1 on, and PageSize.
struct Page {
  std::size_t number;
  std::size_t size;
};
[[nodiscard]] Read<Page> read_page(const Parameters& in);

template <class List, class Write>
[[nodiscard]] Value page_of(const List& list, const Page& page, const char* outer,
                            const char* inner, Write write) {
  Value items = Value::array();
  const std::size_t first = std::min((page.number - 1) * page.size, list.size());
  const std::size_t last = std::min(first + page.size, list.size());
  for (std::size_t i = first; i < last; ++i) items.push_back(write(list[i]));
  Value value = {{"PageNumber", page.number}, {"PageSize", page.size}, {"TotalCount", list.size()}};
  value[outer][inner] = std::move(items);
  return value;
}

// A new pair of keys, made on the pool. Faults: too many are being made already.
[[nodiscard]] Task<Read<KeyPair>> make_pair(Environment& env, Spec spec);

// Commits and answers.
[[nodiscard]] Task<Answer> commit(Environment& env, const Change& change, Value value = {});

// The key of a version, unsealed.
[[nodiscard]] Read<Wiped> open_material(const Environment& env, const Key& key,
                                        const KeyVersion& version);

}  // namespace lakeside::kms::wire
