#include "services/oss/wire/action.h"

namespace lakeside::oss::wire {

http::Response run_error(const OssCall& call, OssError error) {
  if (call.dialect == Dialect::kS3 && error.code == Errc::kInvalidDigest) {
    error.code = Errc::kBadDigest;
  }
  return error_response(call, error);
}

http::Response empty_response(int status) {
  http::Response response;
  response.status = status;
  return response;
}

http::Response xml_response(std::string document) {
  http::Response response;
  response.headers.add("Content-Type", "application/xml");
  response.body = std::move(document);
  return response;
}

}  // namespace lakeside::oss::wire
