// `/_lakeside/keys`: what `lakeside keys` asks for. Settings come in headers, because every scheme
// of signatures covers them.
#pragma once

#include "base/clock.h"
#include "base/task.h"
#include "gateway/http/message.h"
#include "services/modelstudio/core/model_keys.h"

namespace lakeside::app {

struct KeysAnswer {
  int status = 200;
  std::string text;  // for a terminal
};

[[nodiscard]] Task<KeysAnswer> create_key(modelstudio::KeyStore& keys, const Clock& clock,
                                          const http::RequestHead& head,
                                          const std::string& created_by);
[[nodiscard]] KeysAnswer list_keys(const modelstudio::KeyStore& keys, const Clock& clock);
[[nodiscard]] Task<KeysAnswer> revoke_key(modelstudio::KeyStore& keys,
                                          const http::RequestHead& head);

}  // namespace lakeside::app
