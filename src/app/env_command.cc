#include "app/env_command.h"

#include "app/data_folder.h"
#include "app/settings.h"

namespace lakeside::app {
namespace {

std::string quoted(std::string_view value) {
  std::string text = "'";
  for (char c : value) {
    if (c == '\'') {
      text += "'\\''";
    } else {
      text += c;
    }
  }
  return text + "'";
}

}  // namespace

std::expected<RunInfo, std::string> choose_server(const std::vector<RunInfo>& servers,
                                                  std::optional<int> port) {
  if (servers.empty()) {
    return std::unexpected("no server of this user is running: start one with `lakeside serve`");
  }
  int wanted = port.value_or(kDefaultPort);
  for (const RunInfo& server : servers) {
    if (server.port == wanted) return server;
  }
  if (!port && servers.size() == 1) return servers.front();
  std::string ports;
  for (const RunInfo& server : servers) {
    ports += (ports.empty() ? "" : ", ") + std::to_string(server.port);
  }
  return std::unexpected("no server on port " + std::to_string(wanted) + "; running on: " + ports +
                         ": choose one with --port");
}

std::string export_lines(const RunInfo& server,
                         const std::function<const char*(const std::string&)>& lookup) {
  const std::string model_key = local_model_key(server.access_key_secret);
  const std::string openai = server.url + "/v1";
  const std::string dashscope = server.url + "/api/v1";
  const std::string compatible = server.url + "/compatible-mode/v1";
  const std::vector<std::pair<std::string_view, std::string_view>> variables = {
      {"ALIBABA_CLOUD_ACCESS_KEY_ID", server.access_key_id},
      {"ALIBABA_CLOUD_ACCESS_KEY_SECRET", server.access_key_secret},
      {"ALIBABA_CLOUD_REGION_ID", server.region},
      {"OSS_ACCESS_KEY_ID", server.access_key_id},
      {"OSS_ACCESS_KEY_SECRET", server.access_key_secret},
      {"OSS_ENDPOINT", server.url},
      {"OSS_REGION", server.region},
      {"AWS_ACCESS_KEY_ID", server.access_key_id},
      {"AWS_SECRET_ACCESS_KEY", server.access_key_secret},
      {"AWS_ENDPOINT_URL", server.url},
      {"AWS_REGION", server.region},
      {"AWS_DEFAULT_REGION", server.region},
      {"RCLONE_CONFIG_LAKESIDE_TYPE", "s3"},
      {"RCLONE_CONFIG_LAKESIDE_PROVIDER", "Other"},
      {"RCLONE_CONFIG_LAKESIDE_ACCESS_KEY_ID", server.access_key_id},
      {"RCLONE_CONFIG_LAKESIDE_SECRET_ACCESS_KEY", server.access_key_secret},
      {"RCLONE_CONFIG_LAKESIDE_ENDPOINT", server.url},
      {"RCLONE_CONFIG_LAKESIDE_REGION", server.region},
      {"OPENAI_BASE_URL", openai},
      {"OPENAI_API_BASE", openai},  // LiteLLM and aider
      {"OPENAI_API_KEY", model_key},
      {"DASHSCOPE_HTTP_BASE_URL", dashscope},
      {"DASHSCOPE_COMPATIBLE_BASE_URL", compatible},
      {"DASHSCOPE_API_KEY", model_key},
  };
  std::string lines;
  for (const auto& [name, value] : variables) {
    lines += "export " + std::string(name) + "=" + quoted(value) + "\n";
  }
  // Tokens and profiles of another cloud would be sent along with our key.
  std::vector<std::string> obstacles = {"ALIBABA_CLOUD_SECURITY_TOKEN", "OSS_SESSION_TOKEN",
                                        "AWS_SESSION_TOKEN", "AWS_PROFILE"};
  // With it set, Debian's rclone refuses S3 over plain HTTP ("unsupported transport").
  if (server.url.starts_with("http://")) obstacles.emplace_back("AWS_CA_BUNDLE");
  for (const std::string& name : obstacles) {
    if (lookup(name) != nullptr) lines += "unset " + name + "\n";
  }
  return lines;
}

}  // namespace lakeside::app
