// What it costs to authorise a request against 100 attached statements: 20 policies of 5.
//
//   bench_policy SECONDS     lines of `NAME MICROSECONDS`, CPU time of one evaluation
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "services/ram/policy/evaluate.h"

namespace {

using namespace lakeside::ram::policy;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// What OSS tells of a request.
class OssRequest final : public ContextSource {
 public:
  void fill(Context& context) const override {
    context.add("acs:SourceIp", "192.168.17.4");
    context.add("acs:SecureTransport", "true");
    context.add("acs:CurrentTime", "2026-11-22T10:00:00Z");
    context.add("acs:UserAgent", "aliyun-sdk-js/6.23.0 Node.js");
    context.add("acs:AccessId", "LTAI5tExampleKey");
    context.add("oss:Prefix", "photos/2026/");
    context.add("oss:Delimiter", "/");
  }
};

// Allow for one prefix of a bucket, from one network; every fifth statement denies.
std::string statement(int number, bool conditions) {
  std::string n = std::to_string(number);
  std::string out = R"({"Effect":")";
  out += number % 5 == 4 ? "Deny" : "Allow";
  out +=
      R"(","Action":["oss:GetObject","oss:GetObjectAcl","oss:List*"],"Resource":["acs:oss:*:*:bucket-)";
  out += n + R"(","acs:oss:*:*:bucket-)" + n + "/photos/*\"]";
  if (conditions) {
    out = R"({"Effect":")" + std::string(number % 5 == 4 ? "Deny" : "Allow") +
          R"(","Action":["oss:GetObject","oss:List*"],"Resource":["acs:oss:*:*:*"],"Condition":{)"
          R"("IpAddress":{"acs:SourceIp":["10.)" +
          n + R"(.0.0/16","172.16.)" + n +
          R"(.0/24"]},"DateLessThan":{"acs:CurrentTime":"2027-01-01T00:00:00Z"},)"
          R"("StringLike":{"oss:Prefix":["photos/*","music/*"]}})";
  }
  return out + "}";
}

struct Attached {
  explicit Attached(bool conditions) {
    for (int policy = 0; policy < 20; ++policy) {
      std::string text = R"({"Version":"1","Statement":[)";
      for (int i = 0; i < 5; ++i) {
        if (i > 0) text += ",";
        text += statement(policy * 5 + i, conditions);
      }
      auto made = compile(text + "]}", Kind::kIdentity, kMaxIdentityPolicyLength);
      if (!made) {
        std::fprintf(stderr, "bench_policy: %s\n", made.error().text().c_str());
        std::exit(1);
      }
      policies.push_back(*made);
    }
    for (const PolicyPtr& policy : policies) named.push_back({"Policy", policy.get()});
  }

  std::vector<PolicyPtr> policies;
  std::vector<NamedPolicy> named;
};

void measure(const char* name, const Attached& attached, std::string_view resource, bool allowed,
             double seconds) {
  OssRequest source;
  Caller caller{Caller::Kind::kUser, "1000000000000001", "2000000000000001", "ann"};
  Request request{"oss:GetObject", resource, "1000000000000001", &source};
  Grounds grounds{attached.named};
  double best = 1e9;
  double stop = cpu_seconds() + seconds;
  constexpr int kTimes = 2000;
  while (cpu_seconds() < stop) {
    double start = cpu_seconds();
    for (int i = 0; i < kTimes; ++i) {
      if (evaluate(caller, request, grounds).allowed != allowed) std::abort();
    }
    best = std::min(best, (cpu_seconds() - start) / kTimes);
  }
  std::printf("%s %.3f\n", name, best * 1e6);
}

}  // namespace

int main(int argc, char** argv) {
  double seconds = argc > 1 ? std::atof(argv[1]) : 1;
  Attached resources(false);
  Attached conditions(true);
  measure("last-allows", resources,
          "acs:oss:oss-cn-hangzhou:1000000000000001:bucket-98/photos/a.jpg", true, seconds);
  measure("none-allows", resources, "acs:oss:oss-cn-hangzhou:1000000000000001:other/photos/a.jpg",
          false, seconds);
  measure("conditions", conditions, "acs:oss:oss-cn-hangzhou:1000000000000001:bucket/photos/a.jpg",
          false, seconds);
}
