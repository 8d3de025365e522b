// The service over a stub of the models, asked through the real pipeline without sockets.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/metrics.h"
#include "engines/kv.h"
#include "gateway/pipeline/pipeline.h"
#include "services/modelstudio/core/tests/memory_objects.h"
#include "services/modelstudio/service.h"
#include "services/modelstudio/tests/stub_server.h"
#include "services/modelstudio/wire/fields.h"

namespace lakeside::modelstudio {

using wire::Json;
using Headers = std::vector<std::pair<std::string, std::string>>;

struct Answer {
  int status = 0;
  std::string code;     // of the log
  std::string headers;  // "Name: value\r\n"…
  std::string body;

  [[nodiscard]] Json json() const { return Json::parse(body, nullptr, false); }
  [[nodiscard]] bool has_header(std::string_view line) const {
    return headers.find(line) != std::string::npos;
  }
  // The "data:" lines, without that.
  [[nodiscard]] std::vector<std::string> events() const;
};

// Set by a test while jobs read it on their own thread.
class StudioClock final : public Clock {
 public:
  explicit StudioClock(Time now) : now_(now) {}
  [[nodiscard]] Time now() const override { return now_; }
  void set(Time now) { now_ = now; }

 private:
  std::atomic<Time> now_;
};

class TestStudio {
 public:
  // On other models than the stub, if there are some; they outlive it.
  explicit TestStudio(serving::ModelServer* models = nullptr);
  ~TestStudio();

  // With the key, unless `headers` has an Authorization.
  Answer send(std::string_view method, const std::string& target, const std::string& body = {},
              Headers headers = {});
  Answer post(const std::string& target, const Json& body, Headers headers = {}) {
    return send("POST", target, body.dump(), std::move(headers));
  }
  Answer get(const std::string& target) { return send("GET", target); }
  // Makes the service anew over what is stored, as a new process would.
  void start();
  void wait_for_jobs() { service_->wait_for_jobs(); }
  // A file of the tester's workspace; its id.
  std::string add_file(const std::string& purpose, std::string_view data);
  [[nodiscard]] std::string file_text(const std::string& id);
  // The response as it is, its stream not read.
  http::Response respond(std::string_view method, const std::string& target,
                         const std::string& body, const Headers& headers);

  StudioClock clock{*parse_iso8601("2026-11-21T23:15:09Z")};
  StubServer server;
  MemoryObjects objects;
  std::unique_ptr<KeyStore> keys;
  std::unique_ptr<FileStore> files;
  std::unique_ptr<UploadStore> file_uploads;
  std::unique_ptr<JobStore> jobs;
  http::Departure* departure = nullptr;  // of all requests
  std::unique_ptr<ResponseStore> responses;
  std::unique_ptr<ConversationStore> conversations;
  std::string secret;
  std::string key_id;

 private:
  struct NoSecrets final : auth::KeySource {
    [[nodiscard]] std::optional<auth::Credential> find(std::string_view) const override {
      return std::nullopt;
    }
  };
  struct Signer final : UploadSigner {
    [[nodiscard]] const std::string& access_key_id() const override { return id; }
    [[nodiscard]] std::string sign(const std::string& policy) const override {
      return "signed " + policy;
    }
    std::string id = "LTAI5t";
  };
  serving::ModelServer* const models_;
  NoSecrets no_secrets_;
  Signer signer_;
  Metrics metrics_;
  std::unique_ptr<engines::Kv> kv_;
  std::unique_ptr<ModelStudio> service_;
  std::unique_ptr<gateway::Router> router_;
  std::unique_ptr<gateway::Pipeline> pipeline_;
};

}  // namespace lakeside::modelstudio
