// `lakeside env`: the lines that point a terminal's clients here.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/run_file.h"

namespace lakeside::app {

// Picks one of the running servers: by port where given, else the one on the default port,
// else the only one. The error says what to do.
[[nodiscard]] std::expected<RunInfo, std::string> choose_server(const std::vector<RunInfo>& servers,
                                                                std::optional<int> port);

// Shell lines for eval. `lookup` reads the present environment: variables in it that would
// turn the clients elsewhere are unset.
[[nodiscard]] std::string export_lines(
    const RunInfo& server, const std::function<const char*(const std::string&)>& lookup);

}  // namespace lakeside::app
