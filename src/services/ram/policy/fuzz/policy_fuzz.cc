// Policy documents of any bytes: parsed, and where they are taken, compiled and asked.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/encoding.h"
#include "services/ram/policy/explain.h"

namespace {

using namespace lakeside::ram::policy;

void require(bool condition) {
  if (!condition) std::abort();
}

void ask(const CompiledPolicy& policy, Kind kind) {
  Context context;
  context.add("acs:SourceIp", "10.1.2.3");
  context.add("acs:CurrentTime", "2026-11-22T10:00:00Z");
  context.add("oss:Prefix", "a/b");
  context.add("acs:TagKeys", "red");
  context.add("acs:TagKeys", "blue");
  FixedContext source(std::move(context));
  Caller caller{Caller::Kind::kUser, "100", "1001", "ann"};
  Request request{"oss:GetObject", "acs:oss:oss-cn-hangzhou:100:b/k", "100", &source};
  NamedPolicy named{"p", &policy};
  Grounds grounds;
  if (kind == Kind::kIdentity) {
    grounds.identity = {&named, 1};
  } else {
    grounds.resource = &named;
  }
  Decision decision = evaluate(caller, request, grounds);
  require(decision.statement <= policy.statements());
  require(lakeside::is_valid_utf8(diagnostic(decision, caller, request)));
  require(!trace(caller, request, grounds).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (Kind kind : {Kind::kIdentity, Kind::kTrust, Kind::kResource, Kind::kS3Resource}) {
    auto policy = compile(text, kind, kMaxIdentityPolicyLength);
    if (policy) {
      require(size <= 4 * kMaxIdentityPolicyLength);
      ask(**policy, kind);
    } else {
      require(!policy.error().text().empty());
    }
  }
  return 0;
}
