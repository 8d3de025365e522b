// Responses that are made behind their request: kept from the beginning on, by a job that is gone
// when they have come to their end. What a client sees is the stored response alone.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "services/modelstudio/core/jobs.h"
#include "services/modelstudio/wire/openai_response.h"

namespace lakeside::modelstudio::wire {

// Queues it, and answers with it. `body`: the request, which its job will run.
[[nodiscard]] Task<http::Response> begin_response(StudioCall& call, const ResponseRequest& request,
                                                  const std::string& body);
// Of the job that runs it: it is in progress from now on, and was made then. Nothing where nobody
// wants it any more.
[[nodiscard]] Task<std::expected<std::optional<Time>, WireError>> take_up_response(
    StudioCall& call);
// The response of the call's id, which is none of a request that waited for it.
[[nodiscard]] Task<http::Response> cancel_response(StudioCall& call);
// The job's line has run, or was left out: what came of it stands in the response.
[[nodiscard]] Task<Status> conclude_response(const Environment& env, const Job& job,
                                             const std::optional<LineResult>& result);

}  // namespace lakeside::modelstudio::wire
