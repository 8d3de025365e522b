// What `lakeside serve` can be told, and by whom: a flag wins over the environment
// (LAKESIDE_…), which wins over the TOML file.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/object_source.h"
#include "base/log.h"
#include "gateway/http/server.h"

namespace lakeside::app {

struct ServeSettings {
  std::filesystem::path data;  // empty: the default, see data_folder.h
  bool ephemeral = false;
  std::vector<http::Endpoint> listen;  // empty: the default address
  bool relaxed_durability = false;
  std::string tls_cert;
  std::string tls_key;
  std::string region = "cn-hangzhou";
  std::vector<std::string> domains;
  std::map<std::string, std::string> oidc_keys;  // by issuer: where its JWKS document is
  std::string public_endpoint;                   // empty: the first address
  bool allow_reset = false;
  LogFormat log_format = LogFormat::kHuman;
  bool access_log = true;
  std::string audit_data_events = "denied";  // "on", "denied", "off"
  std::uint64_t audit_events = 100'000;      // of each account
  std::uint32_t audit_days = 90;
  std::uint64_t model_memory_mib = 0;          // 0: half of the machine's and all of its GPUs'
  std::uint32_t model_context = 8192;          // tokens, of all requests to a model together
  std::uint32_t model_threads = 0;             // for each model; 0: all cores but one
  std::chrono::seconds model_idle_timeout{0};  // 0: only where others need the memory
  std::string hub;                             // to pull from; empty: each pull's choice
  std::vector<ObjectSource> models;            // to be imported where they are not here
  bool fake_model = false;
  std::chrono::seconds drain{20};
  std::optional<int> ready_fd;
  std::string access_key_id;      // environment only, so that it is in no process list
  std::string access_key_secret;  // likewise
};

inline constexpr std::uint16_t kDefaultPort = 4004;

// One setting: its name is the flag, the TOML key and, in upper case with LAKESIDE_ before it,
// the environment variable.
struct Setting {
  std::string_view name;
  std::string_view value_name;  // for the help; empty: a switch
  std::string_view help;
  bool repeatable;
  // Takes one value; says what is wrong with it.
  std::function<std::expected<void, std::string>(ServeSettings&, const std::string&)> apply;
};
[[nodiscard]] const std::vector<Setting>& settings_table();

// Values by setting name, from one source.
using Values = std::map<std::string, std::vector<std::string>>;

[[nodiscard]] Values values_from_environment(
    const std::function<const char*(const std::string&)>& lookup);
// Unknown keys and values of the wrong type are errors.
[[nodiscard]] std::expected<Values, std::string> values_from_toml(std::string_view text);
// Sources in order of precedence, the strongest first; each named for the message.
[[nodiscard]] std::expected<ServeSettings, std::string> resolve_settings(
    const std::vector<std::pair<std::string, Values>>& sources);

// "127.0.0.1:4004", "[::1]:4004", "localhost:4004" (both), ":4004" (both).
[[nodiscard]] std::expected<std::vector<http::Endpoint>, std::string> parse_listen(
    std::string_view text);
[[nodiscard]] std::string format_endpoint(const http::Endpoint& endpoint);

}  // namespace lakeside::app
