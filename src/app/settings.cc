#include "app/settings.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>

#include <toml++/toml.h>

#include "app/model_folder.h"
#include "base/encoding.h"

namespace lakeside::app {
namespace {

using Applied = std::expected<void, std::string>;

std::unexpected<std::string> wrong(std::string why) { return std::unexpected(std::move(why)); }

Applied set_bool(bool& target, const std::string& value) {
  if (value != "true" && value != "false") return wrong("must be true or false");
  target = value == "true";
  return {};
}

Applied set_choice(bool& target, const std::string& value, std::string_view when_true,
                   std::string_view when_false) {
  if (value != when_true && value != when_false) {
    return wrong("must be " + std::string(when_false) + " or " + std::string(when_true));
  }
  target = value == when_true;
  return {};
}

// A region or a domain: letters, digits, hyphens, and dots where allowed.
bool is_name(std::string_view text, bool dots) {
  return !text.empty() && text.size() <= 253 && std::ranges::all_of(text, [dots](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || (dots && c == '.');
  });
}

Applied set_seconds(std::chrono::seconds& target, const std::string& value) {
  auto number = parse_uint(value);
  if (!number || *number > 3600) return wrong("must be a number of seconds from 0 to 3600");
  target = std::chrono::seconds(*number);
  return {};
}

std::vector<Setting> make_table() {
  return {
      {"data", "DIR", "where everything is kept (default: lakeside under $XDG_DATA_HOME)", false,
       [](ServeSettings& s, const std::string& v) -> Applied {
         if (v.empty()) return wrong("must name a folder");
         s.data = v;
         return {};
       }},
      {"ephemeral", "", "keep everything in a temporary folder and remove it at exit", false,
       [](ServeSettings& s, const std::string& v) { return set_bool(s.ephemeral, v); }},
      {"listen", "HOST:PORT", "where to listen (default: localhost:4004; port 0: any free one)",
       true,
       [](ServeSettings& s, const std::string& v) -> Applied {
         auto endpoints = parse_listen(v);
         if (!endpoints) return std::unexpected(endpoints.error());
         s.listen.insert(s.listen.end(), endpoints->begin(), endpoints->end());
         return {};
       }},
      {"durability", "strict|relaxed",
       "relaxed: acknowledge before the disk has it; a power cut "
       "loses data (default: strict)",
       false,
       [](ServeSettings& s, const std::string& v) {
         return set_choice(s.relaxed_durability, v, "relaxed", "strict");
       }},
      {"tls-cert", "FILE", "certificate chain, PEM; with --tls-key: serve HTTPS", false,
       [](ServeSettings& s, const std::string& v) -> Applied {
         s.tls_cert = v;
         return {};
       }},
      {"tls-key", "FILE", "private key, PEM", false,
       [](ServeSettings& s, const std::string& v) -> Applied {
         s.tls_key = v;
         return {};
       }},
      {"region", "NAME", "the region this cloud says it is (default: cn-hangzhou)", false,
       [](ServeSettings& s, const std::string& v) -> Applied {
         if (!is_name(v, false)) return wrong("must be a region name like cn-hangzhou");
         s.region = v;
         return {};
       }},
      {"domain", "NAME", "serve BUCKET.NAME as virtual-host addresses", true,
       [](ServeSettings& s, const std::string& v) -> Applied {
         if (!is_name(v, true)) return wrong("must be a domain name in lower case");
         s.domains.push_back(v);
         return {};
       }},
      {"public-endpoint", "HOST[:PORT]",
       "the endpoint that bucket listings name (default: the "
       "first address)",
       false,
       [](ServeSettings& s, const std::string& v) -> Applied {
         s.public_endpoint = v;
         return {};
       }},
      {"oidc-keys", "ISSUER=FILE|URL",
       "where the keys of an OIDC issuer are (default: where the issuer says)", true,
       [](ServeSettings& s, const std::string& v) -> Applied {
         std::size_t mark = v.find('=');
         if (mark == v.npos || mark + 1 == v.size() || !v.starts_with("https://")) {
           return wrong("must be like https://issuer=/path/keys.json");
         }
         s.oidc_keys[v.substr(0, mark)] = v.substr(mark + 1);
         return {};
       }},
      {"allow-reset", "", "allow POST /_lakeside/reset, which removes all data", false,
       [](ServeSettings& s, const std::string& v) { return set_bool(s.allow_reset, v); }},
      {"log-format", "human|json", "form of the log and the access log (default: human)", false,
       [](ServeSettings& s, const std::string& v) -> Applied {
         bool json = false;
         auto applied = set_choice(json, v, "json", "human");
         s.log_format = json ? LogFormat::kJson : LogFormat::kHuman;
         return applied;
       }},
      {"access-log", "on|off", "one line for every request on standard error (default: on)", false,
       [](ServeSettings& s, const std::string& v) {
         return set_choice(s.access_log, v, "on", "off");
       }},
      {"audit-data-events", "on|denied|off",
       "record calls on objects and models in the audit trail, too: all, those that were denied, "
       "or "
       "none (default: denied)",
       false,
       [](ServeSettings& s, const std::string& v) -> Applied {
         if (v != "on" && v != "denied" && v != "off") return wrong("must be on, denied or off");
         s.audit_data_events = v;
         return {};
       }},
      {"audit-events", "N", "events that the audit trail keeps of an account (default: 100000)",
       false,
       [](ServeSettings& s, const std::string& v) -> Applied {
         auto number = parse_uint(v);
         if (!number || *number == 0 || *number > 10'000'000) return wrong("must be 1 to 10000000");
         s.audit_events = *number;
         return {};
       }},
      {"audit-days", "N", "days for which the audit trail keeps events (default: 90)", false,
       [](ServeSettings& s, const std::string& v) -> Applied {
         auto number = parse_uint(v);
         if (!number || *number == 0 || *number > 3650) return wrong("must be 1 to 3650");
         s.audit_days = static_cast<std::uint32_t>(*number);
         return {};
       }},
      {"model-memory", "MIB",
       "memory for loaded models (default: half of this machine's, and its GPUs')", false,
       [](ServeSettings& s, const std::string& v) -> Applied {
         auto number = parse_uint(v);
         if (!number || *number == 0 || *number > (1ULL << 30)) return wrong("must be MiB");
         s.model_memory_mib = *number;
         return {};
       }},
      {"model-context", "TOKENS",
       "what a loaded model keeps for all of its requests, and the most of one request and its "
       "answer (default: 8192)",
       false,
       [](ServeSettings& s, const std::string& v) -> Applied {
         auto number = parse_uint(v);
         if (!number || *number < 512 || *number > (1 << 24))
           return wrong("must be 512 to 16777216");
         s.model_context = static_cast<std::uint32_t>(*number);
         return {};
       }},
      {"model-threads", "N", "threads that compute a model (default: all cores but one)", false,
       [](ServeSettings& s, const std::string& v) -> Applied {
         auto number = parse_uint(v);
         if (!number || *number == 0 || *number > 512) return wrong("must be 1 to 512");
         s.model_threads = static_cast<std::uint32_t>(*number);
         return {};
       }},
      {"model-idle-timeout", "SECONDS",
       "unload a model that nobody used for so long (default: 0, only for others that need room)",
       false,
       [](ServeSettings& s, const std::string& v) -> Applied {
         auto number = parse_uint(v);
         if (!number || *number > 31'536'000) return wrong("must be seconds, at most a year");
         s.model_idle_timeout = std::chrono::seconds(*number);
         return {};
       }},
      {"hub", "NAME|URL",
       "where models are pulled from, for all who pull: modelscope, hf, or a mirror's address "
       "(default: modelscope, or what each pull says)",
       false,
       [](ServeSettings& s, const std::string& v) -> Applied {
         s.hub = v;
         return {};
       }},
      {"model", "oss://BUCKET/KEY", "copy this model from a bucket at start, if it has changed",
       true,
       [](ServeSettings& s, const std::string& v) -> Applied {
         auto source = parse_object_source(v);
         if (!source) return wrong("must be like oss://bucket/model.gguf");
         if (!is_model_name(default_model_name(source->key))) {
           return wrong("must end in what can be a model's name: letters, digits and ._-:");
         }
         s.models.push_back(std::move(*source));
         return {};
       }},
      {"fake-model", "", "serve a model without arithmetic, named fake: for tests of clients",
       false, [](ServeSettings& s, const std::string& v) { return set_bool(s.fake_model, v); }},
      {"drain-seconds", "N", "how long a stop waits for requests under way (default: 20)", false,
       [](ServeSettings& s, const std::string& v) { return set_seconds(s.drain, v); }},
      {"ready-fd", "N", "write the address and a line end to this descriptor once serving", false,
       [](ServeSettings& s, const std::string& v) -> Applied {
         auto number = parse_uint(v);
         if (!number || *number > 1023) return wrong("must be a file descriptor");
         s.ready_fd = static_cast<int>(*number);
         return {};
       }},
  };
}

std::string environment_name(std::string_view setting) {
  std::string name = "LAKESIDE_";
  for (char c : setting) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

const Setting* find_setting(std::string_view name) {
  for (const Setting& setting : settings_table()) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

// A TOML value as the text a flag would carry.
std::optional<std::string> toml_text(const toml::node& node) {
  if (auto text = node.value_exact<std::string>()) return text;
  if (auto flag = node.value_exact<bool>()) return *flag ? "true" : "false";
  if (auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
  return std::nullopt;
}

std::vector<std::string> split_commas(std::string_view text) {
  std::vector<std::string> parts;
  while (true) {
    auto comma = text.find(',');
    parts.emplace_back(trim(text.substr(0, comma)));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

std::expected<void, std::string> check_together(const ServeSettings& s) {
  if (s.ephemeral && !s.data.empty()) return wrong("ephemeral and data exclude each other");
  if (s.tls_cert.empty() != s.tls_key.empty()) return wrong("tls-cert and tls-key go together");
  if (s.access_key_id.empty() != s.access_key_secret.empty()) {
    return wrong("LAKESIDE_ACCESS_KEY_ID and LAKESIDE_ACCESS_KEY_SECRET go together");
  }
  return {};
}

}  // namespace

const std::vector<Setting>& settings_table() {
  static const std::vector<Setting> table = make_table();
  return table;
}

Values values_from_environment(const std::function<const char*(const std::string&)>& lookup) {
  Values values;
  for (const Setting& setting : settings_table()) {
    const char* text = lookup(environment_name(setting.name));
    if (text == nullptr) continue;
    values[std::string(setting.name)] =
        setting.repeatable ? split_commas(text) : std::vector<std::string>{text};
  }
  for (std::string_view name : {"access-key-id", "access-key-secret"}) {
    if (const char* text = lookup(environment_name(name))) values[std::string(name)] = {text};
  }
  return values;
}

std::expected<Values, std::string> values_from_toml(std::string_view text) {
  toml::table table;
  try {
    table = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return wrong("line " + std::to_string(error.source().begin.line) + ": " +
                 std::string(error.description()));
  }
  Values values;
  for (const auto& [key, node] : table) {
    std::string name(key.str());
    const Setting* setting = find_setting(name);
    if (setting == nullptr) return wrong("there is no setting \"" + name + "\"");
    std::vector<std::string>& target = values[name];
    if (const toml::array* array = node.as_array(); array != nullptr && setting->repeatable) {
      for (const toml::node& item : *array) {
        auto value = toml_text(item);
        if (!value) return wrong(name + ": must be a list of texts");
        target.push_back(std::move(*value));
      }
    } else if (auto value = toml_text(node)) {
      target.push_back(std::move(*value));
    } else {
      return wrong(name + ": must be a text, a number, true or false");
    }
  }
  return values;
}

std::expected<ServeSettings, std::string> resolve_settings(
    const std::vector<std::pair<std::string, Values>>& sources) {
  ServeSettings settings;
  for (const Setting& setting : settings_table()) {
    for (const auto& [source, values] : sources) {
      auto found = values.find(std::string(setting.name));
      if (found == values.end()) continue;
      for (const std::string& value : found->second) {
        if (auto applied = setting.apply(settings, value); !applied) {
          return wrong(source + ": " + std::string(setting.name) + " \"" + value + "\" " +
                       applied.error());
        }
      }
      break;
    }
  }
  for (const auto& [source, values] : sources) {
    if (auto id = values.find("access-key-id"); id != values.end()) {
      settings.access_key_id = id->second.front();
    }
    if (auto secret = values.find("access-key-secret"); secret != values.end()) {
      settings.access_key_secret = secret->second.front();
    }
  }
  if (auto checked = check_together(settings); !checked) return std::unexpected(checked.error());
  return settings;
}

std::expected<std::vector<http::Endpoint>, std::string> parse_listen(std::string_view text) {
  constexpr std::string_view kForm = "must be HOST:PORT, like 127.0.0.1:4004 or [::1]:4004";
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong(std::string(kForm));
  auto port = parse_uint(text.substr(colon + 1));
  if (!port || *port > 65535) return wrong(std::string(kForm));
  auto number = static_cast<std::uint16_t>(*port);

  std::string host(text.substr(0, colon));
  if (host.empty() || host == "localhost") return {{{"127.0.0.1", number}, {"::1", number}}};
  bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  in6_addr address{};
  bool good = inet_pton(bracketed ? AF_INET6 : AF_INET, host.c_str(), &address) == 1;
  if (!good) return wrong(std::string(kForm) + "; names other than localhost are not looked up");
  return {{{host, number}}};
}

std::string format_endpoint(const http::Endpoint& endpoint) {
  bool v6 = endpoint.address.find(':') != std::string::npos;
  return (v6 ? "[" + endpoint.address + "]" : endpoint.address) + ":" +
         std::to_string(endpoint.port);
}

}  // namespace lakeside::app
