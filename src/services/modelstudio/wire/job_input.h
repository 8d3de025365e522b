// Where the input of a job lies: a file of the workspace, or an object that the key reaches.
#pragma once

#include <expected>
#include <string>

#include "services/modelstudio/wire/call.h"

namespace lakeside::modelstudio::wire {

// The object that "oss://BUCKET/KEY" names, if the call's key may reach it.
[[nodiscard]] std::expected<ObjectName, WireError> reach_object(const StudioCall& call,
                                                                const std::string& url,
                                                                const std::string& param);

// The object behind a file's id or an oss:// URL. With a purpose, a file must have it.
Task<std::expected<ObjectName, WireError>> find_input(const StudioCall& call,
                                                      const std::string& input,
                                                      const std::string& param,
                                                      const std::string& purpose);

// For a store that failed.
[[nodiscard]] WireError storage_failed(const StudioCall& call);
// For one job too many.
[[nodiscard]] WireError too_many_jobs(const StudioCall& call);

}  // namespace lakeside::modelstudio::wire
