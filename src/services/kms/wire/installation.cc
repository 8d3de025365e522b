// What there is here, whoever asks.
#include "services/kms/wire/codecs.h"

namespace lakeside::kms::wire {
namespace {

Value spec_of(std::string_view name) {
  const SpecInfo* spec = find_spec(name);
  Value usages = Value::array();
  for (Usage usage : {Usage::kEncrypt, Usage::kSign}) {
    if (spec->usages.find(name_of(usage)) != std::string_view::npos) {
      usages.push_back(name_of(usage));
    }
  }
  Value value = {{"Name", name}};
  value["SupportedProtectionLevels"]["SupportedProtectionLevel"] = {"SOFTWARE"};
  value["Usages"]["Usage"] = std::move(usages);
  return value;
}

}  // namespace

Task<Answer> describe_regions(Environment& env, const Invocation&) {
  Value region = {{"RegionId", env.region}};
  Value value;
  value["Regions"]["Region"] = Value::array({std::move(region)});
  co_return value;
}

Task<Answer> describe_service(Environment&, const Invocation&) {
  Value specs = Value::array();
  for (const char* name :
       {"Aliyun_AES_256", "RSA_2048", "RSA_3072", "RSA_4096", "EC_P256", "EC_P256K"}) {
    specs.push_back(spec_of(name));
  }
  Value level = {{"Type", "SOFTWARE"}};
  Value value;
  value["ProtectionLevels"]["ProtectionLevel"] = Value::array({std::move(level)});
  value["KeySpecs"]["KeySpec"] = std::move(specs);
  co_return value;
}

Task<Answer> describe_account_kms_status(Environment&, const Invocation&) {
  co_return Value{{"AccountStatus", "Enabled"}};
}

Task<Answer> open_kms_service(Environment&, const Invocation&) {
  co_return std::unexpected(Fault{400, "Forbidden.Opened", "Your kms service has been opened."});
}

}  // namespace lakeside::kms::wire
