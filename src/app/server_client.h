// What the command line asks of a running server, signed with its root key.
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "app/run_file.h"

namespace lakeside::app {

using SignedHeaders = std::vector<std::pair<std::string, std::string>>;  // names "x-oss-…"

// The answer's body where its status is 2xx, else what is wrong, fit for the terminal. `path` is
// below /_lakeside/. Everything sent is signed: method, path and headers.
[[nodiscard]] std::expected<std::string, std::string> ask_server(const RunInfo& server,
                                                                 const std::string& method,
                                                                 const std::string& path,
                                                                 const SignedHeaders& headers);

// As ask_server, of an answer that comes line by line: each goes to `line` as it comes.
[[nodiscard]] std::expected<void, std::string> ask_server_lines(
    const RunInfo& server, const std::string& method, const std::string& path,
    const SignedHeaders& headers, const std::function<void(const std::string&)>& line);

}  // namespace lakeside::app
