#include "services/modelstudio/tests/test_studio.h"

#include <algorithm>
#include <variant>

#include "base/stream_readers.h"
#include "engines/memory/memory_kv.h"

namespace lakeside::modelstudio {
namespace {

Task<std::string> drain(std::unique_ptr<SegmentSource> stream) {
  std::string out;
  while (true) {
    auto segment = co_await stream->next();
    if (!segment) co_return "broken stream: " + segment.error().detail;
    if (!*segment) co_return out;
    out += as_text(std::get<Chunk>(**segment).view());
  }
}

}  // namespace

std::vector<std::string> Answer::events() const {
  std::vector<std::string> all;
  std::string_view left = body;
  while (!left.empty()) {
    std::string_view line = left.substr(0, left.find('\n'));
    left.remove_prefix(std::min(line.size() + 1, left.size()));
    if (!line.starts_with("data:")) continue;
    line.remove_prefix(5);
    while (line.starts_with(' ')) line.remove_prefix(1);
    all.emplace_back(line);
  }
  return all;
}

TestStudio::TestStudio(serving::ModelServer* models)
    : models_(models ? models : &server), kv_(engines::make_memory_kv()) {
  keys = std::move(*run_blocking(KeyStore::open(*kv_, clock)));
  KeySettings settings;
  settings.name = "tester";
  settings.weight = 3;
  auto made = run_blocking(keys->create(settings, {}));
  secret = made->secret;
  key_id = made->key.id;
  files = FileStore::create(*kv_, objects, clock);
  file_uploads = UploadStore::create(*kv_, objects, *files, clock);
  responses = ResponseStore::create(*kv_, clock);
  conversations = ConversationStore::create(*kv_);
  jobs = std::make_unique<JobStore>(*kv_);
  start();
}

TestStudio::~TestStudio() = default;

void TestStudio::start() {
  pipeline_.reset();
  router_.reset();
  service_.reset();
  service_ = make_modelstudio_service({.server = *models_,
                                       .keys = *keys,
                                       .objects = objects,
                                       .files = *files,
                                       .jobs = *jobs,
                                       .file_uploads = *file_uploads,
                                       .uploads = signer_,
                                       .responses = *responses,
                                       .conversations = *conversations,
                                       .usage = *kv_,
                                       .clock = clock},
                                      {.retry_least = std::chrono::milliseconds(0)});
  service_->start_jobs();
  router_ = std::make_unique<gateway::Router>(std::vector<gateway::Route>{
      {"all", [](const http::RequestHead&) { return true; }, service_.get()}});
  pipeline_ = std::make_unique<gateway::Pipeline>(*router_, no_secrets_, clock, auth::AuthOptions(),
                                                  metrics_, nullptr);
}

std::string TestStudio::add_file(const std::string& purpose, std::string_view data) {
  NewFile file{
      .workspace = std::string(kDefaultWorkspace), .purpose = purpose, .filename = "input.jsonl"};
  StringReader source(data);
  return run_blocking(files->add(file, source))->id;
}

std::string TestStudio::file_text(const std::string& id) {
  auto file = run_blocking(files->find(std::string(kDefaultWorkspace), id));
  if (!file) return "no such file";
  return objects.text(file->object).value_or("no such object");
}

http::Response TestStudio::respond(std::string_view method, const std::string& target,
                                   const std::string& body, const Headers& headers) {
  http::Request request;
  request.head.method = method;
  request.head.target = target;
  std::string_view whole = target;
  request.head.raw_path = whole.substr(0, whole.find('?'));
  if (whole.size() > request.head.raw_path.size()) {
    request.head.raw_query = whole.substr(request.head.raw_path.size() + 1);
  }
  request.head.query = *http::parse_query(request.head.raw_query);
  for (const auto& [name, value] : headers) request.head.headers.push_back({name, value});
  request.id = "0123456789ABCDEF01234567";
  request.received = clock.now();
  StringReader source(body);
  request.body = &source;
  request.departure = departure;
  return run_blocking(pipeline_->handle(request));
}

Answer TestStudio::send(std::string_view method, const std::string& target, const std::string& body,
                        Headers headers) {
  bool has_key = std::ranges::any_of(headers, [](auto& h) { return h.first == "Authorization"; });
  if (!has_key) headers.emplace_back("Authorization", "Bearer " + secret);
  http::Response response = respond(method, target, body, headers);
  Answer answer{response.status, response.error_code, response.headers.text(), {}};
  if (auto text = response.text()) answer.body = *text;
  if (auto* stream = std::get_if<std::unique_ptr<SegmentSource>>(&response.body)) {
    answer.body = run_blocking(drain(std::move(*stream)));
  }
  return answer;
}

}  // namespace lakeside::modelstudio
