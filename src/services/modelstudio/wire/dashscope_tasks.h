// DashScope's asynchronous tasks: a request that is answered with an id, and asked for later.
#pragma once

#include <string>

#include "services/modelstudio/wire/codecs.h"

namespace lakeside::modelstudio::wire {

// Whether the client wants a task: "X-DashScope-Async: enable".
[[nodiscard]] bool wants_task(const StudioCall& call);
// A task that runs this request, which was decoded already, later.
[[nodiscard]] ActionResult make_task(const StudioCall& call, std::string model,
                                     const std::string& body);
// Whether a request for embeddings names a file of texts, one a line, instead of texts.
[[nodiscard]] bool names_texts(const std::string& body);
[[nodiscard]] ActionResult decode_batch_embedding(StudioCall& call, const std::string& body);

}  // namespace lakeside::modelstudio::wire
