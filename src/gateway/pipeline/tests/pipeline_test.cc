#include "gateway/pipeline/pipeline.h"

#include <gtest/gtest.h>

#include "gateway/pipeline/access_log.h"
#include "gateway/pipeline/audited.h"

namespace lakeside::gateway {
namespace {

constexpr OperationInfo kOperation{"Poke", "fake:Poke", "fake", true};

http::Response answer(int status) {
  http::Response response;
  response.status = status;
  return response;
}

// Writes down each step it is taken through, and stops at the one it is told to.
class FakeService : public Service {
 public:
  std::string stop_at;
  std::string trace;

  [[nodiscard]] std::string_view name() const override { return "fake"; }
  [[nodiscard]] std::span<const OperationInfo> operations() const override {
    return {&kOperation, 1};
  }
  std::unique_ptr<Call> begin(http::Request& request) override {
    return std::make_unique<Call>(request);
  }
  Step route(Call& call) override {
    call.operation = &kOperation;
    return step("route", 404);
  }
  http::Response reject(Call&, const auth::AuthError&) override {
    trace += "reject ";
    return answer(403);
  }
  Task<http::Response> preflight(Call&) override {
    trace += "preflight ";
    co_return answer(204);
  }
  Task<std::expected<std::unique_ptr<Action>, http::Response>> decode(Call&) override {
    if (Step decoded = step("decode", 400); !decoded)
      co_return std::unexpected(std::move(decoded.error()));
    co_return std::make_unique<Poke>(*this);
  }
  Task<Step> authorise(Call&, const Action&) override { co_return step("authorise", 403); }
  void finish(const Call&, http::Response& response) override {
    response.headers.add("x-finished", "yes");
  }

 private:
  class Poke final : public Action {
   public:
    explicit Poke(FakeService& service) : service_(service) {}
    Task<http::Response> run(Call&) override {
      service_.trace += "run ";
      co_return answer(200);
    }

   private:
    FakeService& service_;
  };

  Step step(const std::string& name, int status) {
    trace += name + " ";
    if (stop_at == name) return std::unexpected(answer(status));
    return {};
  }
};

class NoKeys final : public auth::KeySource {
 public:
  [[nodiscard]] std::optional<auth::Credential> find(std::string_view) const override {
    return std::nullopt;
  }
};

class PipelineTest : public testing::Test {
 protected:
  PipelineTest() {
    request_.head.method = "GET";
    request_.head.target = request_.head.raw_path = "/";
  }

  http::Response handle() { return run_blocking(pipeline_.handle(request_)); }

  FakeService service_;
  NoKeys keys_;
  Metrics metrics_;
  Router router_{
      {{"path /fake", [](const http::RequestHead& head) { return head.raw_path != "/nowhere"; },
        &service_}}};
  Pipeline pipeline_{router_, keys_, system_clock(), {}, metrics_, nullptr};
  http::Request request_;
};

TEST_F(PipelineTest, TakesTheStepsInOrder) {
  http::Response response = handle();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(service_.trace, "route decode authorise run ");
  EXPECT_EQ(response.headers.text(), "x-finished: yes\r\n");
}

TEST_F(PipelineTest, EveryStepCanAnswerAndNoLaterOneRuns) {
  struct Case {
    const char* stop_at;
    int status;
    const char* trace;
  };
  for (const Case& c : {Case{"route", 404, "route "}, Case{"decode", 400, "route decode "},
                        Case{"authorise", 403, "route decode authorise "}}) {
    service_.stop_at = c.stop_at;
    service_.trace.clear();
    http::Response response = handle();
    EXPECT_EQ(response.status, c.status);
    EXPECT_EQ(service_.trace, c.trace);
    EXPECT_EQ(response.headers.text(), "x-finished: yes\r\n");
  }
}

class AuditedService final : public FakeService, public Audited {
 public:
  AuditKind kind = AuditKind::kManagement;
  Principal caller{Principal::Kind::kUser, "100", "ann", "LTAI"};

  std::expected<auth::Identity, auth::AuthError> authenticate(Call&, const Credentials&) override {
    auth::Identity identity;
    identity.principal = caller;
    return identity;
  }
  [[nodiscard]] AuditKind audit_kind(const OperationInfo&) const override { return kind; }
  void describe(const Call&, const http::Response&, AuditEvent& event) const override {
    event.service = "Fake";
  }
};

class Events final : public AuditSink {
 public:
  std::vector<AuditEvent> all;
  bool wants_data = false, wants_denied = false;
  [[nodiscard]] bool wants(bool data, bool denied) const override {
    return !data || wants_data || (denied && wants_denied);
  }
  void record(AuditEvent event) override { all.push_back(std::move(event)); }
};

struct AuditedPipeline {
  AuditedService service;
  Events events;
  NoKeys keys;
  Metrics metrics;
  http::Request request;

  void call(AuditKind kind) {
    service.kind = kind;
    Router router{{{"all", [](const http::RequestHead&) { return true; }, &service}}};
    Pipeline pipeline{router, keys, system_clock(), {}, metrics, nullptr, &events};
    request.head.method = "GET";
    request.head.target = request.head.raw_path = "/";
    request.peer = "10.0.0.1";
    http::Response response = run_blocking(pipeline.handle(request));
    http::Exchange exchange{};
    exchange.status = response.status;
    pipeline.finished(request, response, exchange);
  }
};

TEST(Audit, AManagementCallLeavesAnEvent) {
  AuditedPipeline audited;
  audited.call(AuditKind::kManagement);
  ASSERT_EQ(audited.events.all.size(), 1U);
  const AuditEvent& event = audited.events.all[0];
  EXPECT_EQ(event.name, "Poke");
  EXPECT_EQ(event.service, "Fake");
  EXPECT_EQ(event.caller.name, "ann");
  EXPECT_EQ(event.account_id, "100");
  EXPECT_EQ(event.peer, "10.0.0.1");
  EXPECT_FALSE(event.data);
}

TEST(Audit, CallsOnDataLeaveOneWhereItIsWanted) {
  AuditedPipeline audited;
  audited.call(AuditKind::kData);
  audited.call(AuditKind::kNone);
  EXPECT_TRUE(audited.events.all.empty());
  audited.events.wants_data = true;
  audited.call(AuditKind::kData);
  ASSERT_EQ(audited.events.all.size(), 1U);
  EXPECT_TRUE(audited.events.all[0].data);
}

TEST(Audit, DeniedCallsOnDataLeaveOneWhereTheseAreWanted) {
  AuditedPipeline audited;
  audited.events.wants_denied = true;
  audited.call(AuditKind::kData);
  EXPECT_TRUE(audited.events.all.empty());
  audited.service.stop_at = "authorise";
  audited.call(AuditKind::kData);
  EXPECT_EQ(audited.events.all.size(), 1U);
}

TEST(Audit, ARefusedStrangerLeavesNothing) {
  AuditedPipeline audited;
  audited.service.caller = {};
  audited.service.stop_at = "authorise";
  audited.call(AuditKind::kManagement);
  EXPECT_TRUE(audited.events.all.empty());
  audited.service.stop_at.clear();
  audited.call(AuditKind::kManagement);
  EXPECT_EQ(audited.events.all.size(), 1U);
}

TEST_F(PipelineTest, BadCredentialsEndBeforeDecoding) {
  request_.head.headers = {{"Authorization", "OSS nobody:c2lnbmF0dXJl"},
                           {"Date", "Sat, 21 Nov 2026 23:15:09 GMT"}};
  EXPECT_EQ(handle().status, 403);
  EXPECT_EQ(service_.trace, "route reject ");
}

TEST_F(PipelineTest, AServiceMayAskForAKeyInsteadOfASignature) {
  class KeyedService final : public FakeService {
   public:
    std::expected<auth::Identity, auth::AuthError> authenticate(Call& call,
                                                                const Credentials&) override {
      if (!call.request.head.header("Authorization")) {
        return std::unexpected(auth::AuthError{auth::AuthFault::kMalformed, "no key"});
      }
      auth::Identity identity;
      identity.principal.name = "key holder";
      return identity;
    }
  } keyed;
  Router router{{{"all", [](const http::RequestHead&) { return true; }, &keyed}}};
  Pipeline pipeline{router, keys_, system_clock(), {}, metrics_, nullptr};
  EXPECT_EQ(run_blocking(pipeline.handle(request_)).status, 403);
  EXPECT_EQ(keyed.trace, "route reject ");
  keyed.trace.clear();
  request_.head.headers = {{"Authorization", "Bearer sk-x"}};
  EXPECT_EQ(run_blocking(pipeline.handle(request_)).status, 200);
  EXPECT_EQ(keyed.trace, "route decode authorise run ");
}

TEST_F(PipelineTest, PreflightIsNeverSigned) {
  request_.head.method = "OPTIONS";
  request_.head.headers = {{"Origin", "http://a"}, {"Access-Control-Request-Method", "PUT"}};
  EXPECT_EQ(handle().status, 204);
  EXPECT_EQ(service_.trace, "preflight ");
}

TEST_F(PipelineTest, NoServiceIsAnAnswerToo) {
  request_.head.raw_path = "/nowhere";
  EXPECT_EQ(handle().status, 404);
  EXPECT_EQ(service_.trace, "");
}

TEST_F(PipelineTest, MetersByOperationAndStatus) {
  http::Response response = handle();
  pipeline_.finished(request_, response, {200, 5, 7, {}, {}, false});
  std::string text = metrics_.render();
  EXPECT_NE(
      text.find("lakeside_requests_total{service=\"fake\",operation=\"Poke\",status=\"2xx\"} 1"),
      std::string::npos);
  EXPECT_NE(text.find("lakeside_request_bytes_total{service=\"fake\",operation=\"Poke\"} 5"),
            std::string::npos);
  EXPECT_NE(text.find("lakeside_response_bytes_total{service=\"fake\",operation=\"Poke\"} 7"),
            std::string::npos);
}

TEST(AccessLogLine, KeepsSecretsAndForgedLinesOut) {
  http::Request request;
  request.id = "ID";
  request.peer = "127.0.0.1";
  request.head.method = "GET";
  request.head.raw_path = "/b/a\n\"x";
  request.head.raw_query = "Signature=secret";
  request.head.target = "/b/a?Signature=secret";
  http::Response response;
  response.error_code = "NoSuchKey";
  http::Exchange exchange{404,  1, 2, std::chrono::microseconds(3), std::chrono::microseconds(4),
                          false};
  AccessRecord record{"oss", "GetObject", "root", "AK"};

  std::string json = format_access(LogFormat::kJson, request, response, exchange, record);
  EXPECT_EQ(json.find("secret"), std::string::npos);
  EXPECT_EQ(json.find('\n'), json.size() - 1);
  EXPECT_NE(json.find("\"path\":\"/b/a%0A%22x\""), std::string::npos);
  EXPECT_NE(json.find("\"operation\":\"GetObject\""), std::string::npos);
  EXPECT_NE(json.find("\"status\":404"), std::string::npos);

  std::string human = format_access(LogFormat::kHuman, request, response, exchange, record);
  EXPECT_NE(human.find(" principal=root key=AK service=oss operation=GetObject "),
            std::string::npos);
  EXPECT_NE(human.find("error=NoSuchKey in=1 out=2 first_us=3 total_us=4\n"), std::string::npos);
}

}  // namespace
}  // namespace lakeside::gateway
