// What RAM's operations have in common: names, faults, pages.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/ram/wire/operation.h"

namespace lakeside::ram::wire {

// Names with the vendor's faults: MissingParameter, InvalidParameter.UserName.InvalidChars and
// .Length.
[[nodiscard]] Read<std::string> read_name(const Parameters& in, std::string_view parameter,
                                          std::size_t most = 64, std::string_view marks = ".-_");
// A number with the vendor's fault for this parameter: InvalidParameter.NAME.Range.
[[nodiscard]] Read<std::uint64_t> read_number(const Parameters& in, std::string_view parameter,
                                              std::uint64_t otherwise, rpc::Range range);
// Free text; empty where it did not come.
[[nodiscard]] Read<std::string> read_text(const Parameters& in, std::string_view parameter,
                                          std::size_t most);
// PolicyName and PolicyType: both are mandatory.
[[nodiscard]] Read<PolicyName> read_policy_name(const Parameters& in);
// A document of that kind, checked.
struct ReadDocument {
  std::string text;
  policy::PolicyPtr compiled;
};
[[nodiscard]] Read<ReadDocument> read_document(const Parameters& in, std::string_view parameter,
                                               policy::Kind kind, std::size_t most);
[[nodiscard]] Read<Tags> read_tags(const Parameters& in);

// NAME.1, NAME.2…, or NAME with a list of texts in JSON.
[[nodiscard]] Read<std::vector<std::string>> read_list(const Parameters& in,
                                                       std::string_view parameter,
                                                       std::size_t most);

// faults.cc, in the vendor's words. `kind` is "User", "Policy.Version"…
[[nodiscard]] Fault not_exist(std::string_view kind);       // EntityNotExist.User
[[nodiscard]] Fault already_exists(std::string_view kind);  // EntityAlreadyExists.User
[[nodiscard]] Fault conflict(std::string_view kind);        // DeleteConflict.User.Policy
[[nodiscard]] Fault limit(std::string_view kind);           // LimitExceeded.User
[[nodiscard]] Fault invalid_chars(std::string_view parameter);
[[nodiscard]] Fault bad_length(std::string_view parameter);
[[nodiscard]] Fault bad_format(std::string_view parameter);
[[nodiscard]] Fault incorrect(std::string_view parameter);
[[nodiscard]] Fault out_of_range(std::string_view parameter, std::uint64_t least,
                                 std::uint64_t most);
[[nodiscard]] Fault throttled();
[[nodiscard]] Fault not_implemented(std::string_view what);

[[nodiscard]] std::string date(Time time);                   // 2026-11-22T06:44:14Z
[[nodiscard]] std::string random_digits(std::size_t count);  // not beginning with 0
[[nodiscard]] std::string arn(const Environment& env, std::string_view what);  // acs:ram::ACCOUNT:…

// "alice@ALIAS.onaliyun.com": a user's whole name, as IMS has it.
[[nodiscard]] std::string principal_name(const Environment& env, std::string_view user);

// A user's own name in UserPrincipalName, which must be of this account.
[[nodiscard]] Read<std::string> read_principal_name(const Environment& env, const Parameters& in,
                                                    std::string_view parameter);

[[nodiscard]] std::optional<Fault> refuse_tags(const Parameters& in);

// The user that a request must name: by UserName, in IMS's form by UserPrincipalName.
[[nodiscard]] Read<std::shared_ptr<const User>> find_user(const Environment& env,
                                                          const Invocation& in);
// The user that a request names, else the caller, who may ask about its own.
[[nodiscard]] Read<std::shared_ptr<const User>> user_or_caller(const Environment& env,
                                                               const Invocation& in);
template <class T>
[[nodiscard]] Read<std::shared_ptr<const T>> find_named(const Environment& env,
                                                        const Invocation& in, std::string_view kind,
                                                        std::string_view parameter) {
  auto name = read_name(in.parameters, parameter);
  if (!name) return std::unexpected(std::move(name.error()));
  auto found = env.store.find<T>(*name);
  if (found == nullptr) return std::unexpected(not_exist(kind));
  return found;
}

// A list from Marker on, MaxItems of them: {outer: {inner: [...]}, IsTruncated, Marker}.
struct Page {
  std::string marker;  // the last name of the page before
  std::size_t most;
};
[[nodiscard]] Read<Page> read_page(const Parameters& in);

template <class List, class Name, class Write>
[[nodiscard]] Value page_of(const List& list, const Page& page, const char* outer,
                            const char* inner, Name name, Write write) {
  Value items = Value::array();
  std::string last;
  bool truncated = false;
  for (const auto& one : list) {
    if (name(*one) <= page.marker) continue;
    truncated = items.size() == page.most;
    if (truncated) break;
    items.push_back(write(*one));
    last = name(*one);
  }
  Value value;
  value["IsTruncated"] = truncated;
  if (truncated) value["Marker"] = last;
  value[outer][inner] = std::move(items);
  return value;
}

// A value of what a table keeps, ready to be changed.
template <class T>
[[nodiscard]] T copy_of(const std::shared_ptr<const T>& record) {
  return *record;
}

// Commits and answers.
[[nodiscard]] Task<Answer> commit(Environment& env, const Change& change, Value value = {});

}  // namespace lakeside::ram::wire
