#include "services/oss/tests/test_cloud.h"

#include <algorithm>
#include <cstring>
#include <variant>

#include "services/oss/wire/tests/test_head.h"

namespace lakeside::oss {
namespace {

class StringSource final : public ByteSource {
 public:
  explicit StringSource(std::string text) : text_(std::move(text)) {}
  Task<Result<std::size_t>> read(MutableBytes into) override {
    std::size_t n = std::min(into.size(), text_.size() - at_);
    std::memcpy(into.data(), text_.data() + at_, n);
    at_ += n;
    co_return n;
  }
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return text_.size(); }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

Principal principal(Who who) {
  switch (who) {
    case Who::kOwner:
      return {Principal::Kind::kRoot, "1000000000000001", "root", "AK"};
    case Who::kStranger:
      return {Principal::Kind::kRoot, "1000000000000002", "root", "AK2"};
    case Who::kAnonymous:
      break;
  }
  return {Principal::Kind::kAnonymous, "", "anonymous", ""};
}

// As Pipeline::process, with the caller given instead of authenticated.
Task<http::Response> process(gateway::Service& service, gateway::Call& call, Who who) {
  if (call.request.head.method == "OPTIONS") co_return co_await service.preflight(call);
  gateway::Step routed = service.route(call);
  if (!routed) co_return std::move(routed.error());
  call.identity.principal = principal(who);
  auto action = co_await service.decode(call);
  if (!action) co_return std::move(action.error());
  gateway::Step allowed = co_await service.authorise(call, **action);
  if (!allowed) co_return std::move(allowed.error());
  co_return co_await (*action)->run(call);
}

Task<std::string> drain(std::unique_ptr<SegmentSource> stream) {
  std::string out;
  while (true) {
    auto segment = co_await stream->next();
    if (!segment) co_return "broken stream: " + segment.error().detail;
    if (!*segment) co_return out;
    out += as_text(std::get<Chunk>(**segment).view());
  }
}

std::multimap<std::string, std::string> split_headers(std::string_view text) {
  std::multimap<std::string, std::string> out;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find("\r\n"));
    text.remove_prefix(line.size() + 2);
    std::size_t colon = line.find(": ");
    out.emplace(line.substr(0, colon), line.substr(colon + 2));
  }
  return out;
}

Task<Answer> ask(gateway::Service& service, http::Request& request, Who who) {
  auto call = service.begin(request);
  http::Response response = co_await process(service, *call, who);
  service.finish(*call, response);
  Answer answer;
  answer.status = response.status;
  answer.code = response.error_code;
  answer.headers = split_headers(response.headers.text());
  answer.content_length = response.content_length;
  if (call->operation != nullptr) answer.operation = call->operation->name;
  if (auto text = response.text()) answer.body = *text;
  if (auto* stream = std::get_if<std::unique_ptr<SegmentSource>>(&response.body)) {
    answer.body = co_await drain(std::move(*stream));
  }
  co_return answer;
}

}  // namespace

std::string Answer::element(const std::string& name) const {
  std::size_t begin = body.find("<" + name + ">");
  if (begin == std::string::npos) return {};
  begin += name.size() + 2;
  return body.substr(begin, body.find("</" + name + ">", begin) - begin);
}

std::optional<auth::Credential> TestCloud::Keys::find(std::string_view access_key_id) const {
  if (access_key_id != "AK") return std::nullopt;
  return auth::Credential{"secret", principal(Who::kOwner)};
}

TestCloud::TestCloud()
    : clock(*parse_iso8601("2026-11-21T23:15:09.123Z")),
      kv_(engines::make_memory_kv()),
      blobs_(engines::make_memory_blob_store(clock)),
      store_(ObjectStore::create(*kv_, *blobs_, pool_, clock, {})) {
  OssServiceOptions options;
  options.keys = &keys_;
  options.is_disabled = [this](std::string_view account) { return account == disabled_account; };
  service = make_oss_service(*store_, clock, options);
}

TestCloud::~TestCloud() = default;

Answer TestCloud::send(const std::string& line, Headers headers, const std::string& body, Who who) {
  bool sized = std::ranges::any_of(headers, [](auto& h) { return h.first == "Content-Length"; });
  if (!sized) headers.emplace_back("Content-Length", std::to_string(body.size()));
  std::erase_if(headers, [](auto& h) { return h.second == "(none)"; });
  headers.emplace_back("Host", "127.0.0.1:4004");
  wire::TestHead head(line, std::move(headers));
  StringSource source(body);
  http::Request request;
  request.head = head.get();
  request.id = "0123456789ABCDEF01234567";
  request.received = clock.now();
  request.body = &source;
  return run_blocking(ask(*service, request, who));
}

Answer TestCloud::oss(const std::string& line, Headers headers, const std::string& body, Who who) {
  if (who != Who::kAnonymous) headers.emplace_back("Authorization", "OSS AK:signature");
  return send(line, std::move(headers), body, who);
}

Answer TestCloud::s3(const std::string& line, Headers headers, const std::string& body, Who who) {
  if (who != Who::kAnonymous) headers.emplace_back("Authorization", "AWS AK:signature");
  if (who == Who::kAnonymous) headers.emplace_back("amz-sdk-request", "attempt=1");
  return send(line, std::move(headers), body, who);
}

}  // namespace lakeside::oss
