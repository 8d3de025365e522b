// GET /uploads?action=getPolicy: a form with which the client posts one folder's files straight to
// object storage. help.aliyun.com/zh/model-studio/get-temporary-file-url; dashscope's SDK does it
// in utils/oss_utils.py.
#include <utility>

#include "base/encoding.h"
#include "services/modelstudio/core/object_url.h"
#include "services/modelstudio/wire/codecs.h"
#include "services/modelstudio/wire/files.h"
#include "services/modelstudio/wire/query.h"

namespace lakeside::modelstudio::wire {
namespace {

constexpr std::uint64_t kMaxUploadMib = 1024;
constexpr std::chrono::seconds kValid{3600};
constexpr std::string_view kAcl = "private";

// What PostObject then checks (services/oss/wire/post_policy.h).
std::string policy_document(const std::string& folder, Time until) {
  return to_text({{"expiration", format_iso8601_millis(until)},
                  {"conditions", Json::array({Json::object({{"bucket", kStudioBucket}}),
                                              {"starts-with", "$key", folder + "/"},
                                              {"content-length-range", 0, kMaxUploadMib << 20},
                                              {"eq", "$x-oss-object-acl", kAcl},
                                              {"eq", "$x-oss-forbid-overwrite", "true"}})}});
}

class GetUploadPolicy final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto there = co_await call.env.objects.make_studio_bucket();
    if (!there) co_return call.error(to_wire(there.error(), {}, call.dialect));
    std::string folder = new_upload_folder(workspace_of(call));
    std::string policy =
        base64_encode(as_bytes(policy_document(folder, call.env.clock.now() + kValid)));
    std::string signature = call.env.uploads.sign(policy);
    // Back to this server, as the client reached it.
    std::string host = call.request.tls ? "https://" : "http://";
    host.append(call.head().header("Host").value_or("")).append("/").append(kStudioBucket);
    co_return json_response(to_text({{"request_id", call.wire_id()},
                                     {"data",
                                      {{"policy", std::move(policy)},
                                       {"signature", std::move(signature)},
                                       {"upload_dir", std::move(folder)},
                                       {"upload_host", std::move(host)},
                                       {"expire_in_seconds", kValid.count()},
                                       {"max_file_size_mb", kMaxUploadMib},
                                       {"oss_access_key_id", call.env.uploads.access_key_id()},
                                       {"x_oss_object_acl", kAcl},
                                       {"x_oss_forbid_overwrite", "true"}}}}));
  }
};

}  // namespace

ActionResult decode_get_upload_policy(StudioCall& call, const std::string&) {
  if (std::string action = query_text(call.head(), "action"); action != "getPolicy") {
    return std::unexpected(
        BadInput{"action", "Invalid 'action': the only one is 'getPolicy'.", {}});
  }
  // Only asked for, as the vendor does: every model reads the same uploads.
  if (query_text(call.head(), "model").empty()) {
    return std::unexpected(BadInput{"model", "Missing required parameter: 'model'.", {}});
  }
  return std::make_unique<GetUploadPolicy>();
}

}  // namespace lakeside::modelstudio::wire
