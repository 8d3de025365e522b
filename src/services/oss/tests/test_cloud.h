// The service over memory engines, asked without sockets or signatures: the pipeline's steps,
// with the caller given.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/executor.h"
#include "engines/memory/memory_blob.h"
#include "engines/memory/memory_kv.h"
#include "services/oss/service.h"
#include "services/oss/wire/dialect.h"

namespace lakeside::oss {

enum class Who { kOwner, kStranger, kAnonymous };

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Answer {
  int status = 0;
  std::string code;  // of the log
  std::string body;
  std::string operation;
  std::multimap<std::string, std::string> headers;
  std::optional<std::uint64_t> content_length;

  [[nodiscard]] std::string header(const std::string& name) const {
    auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
  [[nodiscard]] bool has(std::string_view text) const {
    return body.find(text) != std::string::npos;
  }
  // The text of the first element of that name.
  [[nodiscard]] std::string element(const std::string& name) const;
};

class TestCloud {
 public:
  TestCloud();
  ~TestCloud();

  Answer oss(const std::string& line, Headers headers = {}, const std::string& body = {},
             Who who = Who::kOwner);
  Answer s3(const std::string& line, Headers headers = {}, const std::string& body = {},
            Who who = Who::kOwner);
  // As it comes: the dialect is found from the request alone.
  Answer send(const std::string& line, Headers headers, const std::string& body, Who who);

  ManualClock clock;
  std::string disabled_account;
  std::unique_ptr<gateway::Service> service;

 private:
  // One key, "AK", of the owner; its secret is "secret".
  struct Keys final : auth::KeySource {
    [[nodiscard]] std::optional<auth::Credential> find(
        std::string_view access_key_id) const override;
  };
  Keys keys_;
  std::unique_ptr<engines::Kv> kv_;
  std::unique_ptr<engines::BlobStore> blobs_;
  ThreadPool pool_{"test", 1};
  std::unique_ptr<ObjectStore> store_;
};

}  // namespace lakeside::oss
