// Pulls a model from a hub into the models' folder.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "app/hub_client.h"
#include "app/model_folder.h"
#include "app/url.h"
#include "base/result.h"

namespace lakeside::app {

struct PullRequest {
  std::string model;  // owner/repo, owner/repo:Q4_K_M
  std::string hub;    // as choose_hub
  std::string file;   // a pattern; empty: the usual choice
  std::string name;   // in the folder; empty: the file's
};

// What happens meanwhile, for whoever watches.
struct PullWatcher {
  std::function<void(const std::string&)> say;
  std::function<void(std::uint64_t done, std::uint64_t total)> moved;
  // Waits until the hub may be asked again; false: it was stopped meanwhile.
  HubClient::Pause pause;
  // Once the name is known; may be none.
  std::function<void(const std::string& model)> named = {};
  // Ends it from another thread, with kUnavailable.
  std::stop_token stop = {};
};

// The model's name in the folder. What was cut off goes on with the same request; what came and is
// not what was announced is removed. Errors, with details fit for the terminal: those of the hub,
// the network, the folder.
[[nodiscard]] Result<std::string> pull_model(const PullRequest& request, const ModelFolder& folder,
                                             const Environment& environment,
                                             const PullWatcher& watcher);

}  // namespace lakeside::app
