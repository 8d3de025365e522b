#include "app/key_endpoints.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lakeside::app {
namespace {

constexpr std::uint64_t kMostDays = 36'500;

std::string_view setting(const http::RequestHead& head, std::string_view name) {
  return head.header("x-oss-key-" + std::string(name)).value_or(std::string_view());
}

// Reads a number where the header has one: false if it is none.
template <class T>
bool read_number(const http::RequestHead& head, std::string_view name, T& into) {
  std::string_view text = setting(head, name);
  if (text.empty()) return true;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size();
}

// "a,b" → {"a", "b"}
std::vector<std::string> names_in(std::string_view list) {
  std::vector<std::string> names;
  while (!list.empty()) {
    std::string_view name = list.substr(0, list.find(','));
    names.emplace_back(name);
    list.remove_prefix(std::min(name.size() + 1, list.size()));
  }
  return names;
}

// What is wrong, or nothing.
std::optional<std::string> read_settings(const http::RequestHead& head, Time now,
                                         modelstudio::KeySettings& settings) {
  settings.name = setting(head, "name");
  if (!read_number(head, "weight", settings.weight)) return "the weight is not a number";
  if (!read_number(head, "priority", settings.priority)) return "the priority is not a number";
  if (!read_number(head, "max-concurrent", settings.max_concurrent)) {
    return "the number of requests at a time is not a number";
  }
  if (!read_number(head, "tokens-per-minute", settings.tokens_per_minute)) {
    return "the tokens per minute are not a number";
  }
  std::uint64_t days = 0;
  if (!read_number(head, "expires-in-days", days) || days > kMostDays) {
    return "the days to its end are not a number up to " + std::to_string(kMostDays);
  }
  if (days != 0) settings.expires = now + std::chrono::hours(24 * days);
  if (!setting(head, "workspace").empty()) settings.workspace = setting(head, "workspace");
  settings.buckets = names_in(setting(head, "buckets"));
  if (!setting(head, "models").empty()) settings.models = names_in(setting(head, "models"));
  settings.share_prefixes = setting(head, "private-prefixes") != "true";
  return std::nullopt;
}

KeysAnswer failed(const Error& error) {
  if (error.code == ErrorCode::kInvalid) return {400, error.detail + "\n"};
  if (error.code == ErrorCode::kNotFound) return {404, "There is no such key.\n"};
  return {500, "The keys could not be changed; the log says why.\n"};
}

std::string line_of(const modelstudio::ModelKey& key, Time now) {
  const modelstudio::KeySettings& settings = key.settings;
  std::string line = key.id + "  " + format_iso8601_millis(key.created).substr(0, 10) + "  weight ";
  char weight[32];
  line.append(weight, std::to_chars(weight, weight + sizeof weight, settings.weight).ptr);
  if (settings.priority != 0) line += "  priority " + std::to_string(settings.priority);
  if (settings.max_concurrent != 0) {
    line += "  " + std::to_string(settings.max_concurrent) + " at a time";
  }
  if (settings.tokens_per_minute != 0) {
    line += "  " + std::to_string(settings.tokens_per_minute) + " tokens/min";
  }
  if (settings.expires) {
    line += *settings.expires <= now ? "  expired " : "  until ";
    line += format_iso8601_millis(*settings.expires).substr(0, 10);
  }
  if (settings.workspace != modelstudio::kDefaultWorkspace) {
    line += "  workspace " + settings.workspace;
  }
  for (const std::string& model : settings.models) {
    if (model != modelstudio::kAllModels) line += "  model " + model;
  }
  if (settings.models.empty()) line += "  no models";
  for (const std::string& bucket : settings.buckets) line += "  bucket " + bucket;
  if (!settings.enabled) line += "  disabled";
  if (!settings.name.empty()) line += "  " + settings.name;
  return line + "\n";
}

}  // namespace

Task<KeysAnswer> create_key(modelstudio::KeyStore& keys, const Clock& clock,
                            const http::RequestHead& head, const std::string& created_by) {
  modelstudio::KeySettings settings;
  settings.created_by = created_by;
  if (auto wrong = read_settings(head, clock.now(), settings))
    co_return KeysAnswer{400, *wrong + "\n"};
  std::optional<std::string> random;
  auto created = co_await keys.create(settings, random);
  if (!created) co_return failed(created.error());
  co_return KeysAnswer{200, created->key.id + "\n" + created->secret + "\n"};
}

KeysAnswer list_keys(const modelstudio::KeyStore& keys, const Clock& clock) {
  KeysAnswer answer;
  for (const modelstudio::ModelKey& key : keys.list()) answer.text += line_of(key, clock.now());
  return answer;
}

Task<KeysAnswer> revoke_key(modelstudio::KeyStore& keys, const http::RequestHead& head) {
  std::string id(setting(head, "id"));
  Status done = co_await keys.revoke(id);
  if (!done) co_return failed(done.error());
  co_return KeysAnswer{200, "revoked " + id + "\n"};
}

}  // namespace lakeside::app
