// What the cloud's own endpoints say of models, and the copying of one from a bucket.
#pragma once

#include <string>
#include <vector>

#include "app/models.h"
#include "base/task.h"
#include "gateway/http/message.h"
#include "serving/model.h"

namespace lakeside::app {

// {"status": "ok", "models": […]}
[[nodiscard]] std::string health_document(const std::vector<serving::ModelStatus>& models);

// `POST /_lakeside/models`: x-oss-model-source names the object (percent-encoded), x-oss-model-name
// the model. The answer is a line of JSON for each piece that was copied, {"done", "total"}, and
// last {"name"} or {"error"}. The copying goes on only while the client takes the lines.
[[nodiscard]] Task<http::Response> import_model(Models& models, const http::RequestHead& head);

}  // namespace lakeside::app
