#include "services/oss/wire/post_object.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/xml.h"
#include "services/oss/ops/put_object.h"
#include "services/oss/wire/documents.h"
#include "services/oss/wire/form.h"
#include "services/oss/wire/post_policy.h"
#include "services/oss/wire/response_headers.h"
#include "services/oss/wire/write_options.h"

namespace lakeside::oss::wire {
namespace {

using Fields = PostForm::Fields;
using Refusal = std::unexpected<http::Response>;

bool speaks_s3(const Fields& fields) {
  return std::ranges::any_of(fields, [](const auto& field) {
    return field.first == "awsaccesskeyid" || field.first.starts_with("x-amz-");
  });
}

OssError not_a_form(Dialect dialect) {
  OssError error{Errc::kInvalidRequest,
                 "Bucket POST must be of the enclosure-type multipart/form-data.",
                 {},
                 {}};
  if (dialect == Dialect::kS3) {
    error.code = Errc::kPreconditionFailed;
  } else {
    error.details.emplace_back("Code", "RequestIsNotMultiPartContent");
  }
  return error;
}

// The key with ${filename} replaced by the file's name without folders.
std::string final_key(std::string key, std::string_view file_name) {
  std::size_t slash = file_name.find_last_of("/\\");
  if (slash != std::string_view::npos) file_name.remove_prefix(slash + 1);
  constexpr std::string_view kVariable = "${filename}";
  for (std::size_t at = key.find(kVariable); at != std::string::npos;
       at = key.find(kVariable, at + file_name.size())) {
    key.replace(at, kVariable.size(), file_name);
  }
  return key;
}

// What the policy's conditions are about.
Fields fields_to_check(const PostForm& form, const OssCall& call) {
  Fields fields = form.fields();
  std::erase_if(fields, [](const auto& f) { return f.first == "key" || f.first == "bucket"; });
  fields.emplace_back("key", call.key());
  fields.emplace_back("bucket", call.bucket());
  if (form.find("content-type") == nullptr && call.dialect == Dialect::kOss) {
    fields.emplace_back("content-type", form.file_content_type());
  }
  return fields;
}

// Whether the policy names the content type.
OssResult<bool> obey_policy(PostForm& form, const OssCall& call) {
  const std::string* encoded = form.find("policy");
  if (encoded == nullptr || encoded->empty()) return false;
  auto policy = parse_post_policy(*encoded);
  if (!policy) return std::unexpected(std::move(policy.error()));
  if (policy->length) form.limit(policy->length->least, policy->length->most);
  auto obeyed =
      check_post_policy(*policy, fields_to_check(form, call), call.env.clock.now(), call.dialect);
  if (!obeyed) return std::unexpected(std::move(obeyed.error()));
  return std::ranges::find(policy->conditions, "content-type", &PostPolicy::Condition::field) !=
         policy->conditions.end();
}

// The type that is stored. OSS (PostObject's page): x-oss-content-type, then the file part's own,
// then the field; S3 heeds the field alone. A type that the policy names is stored as it was
// checked.
std::string content_type(const PostForm& form, Dialect dialect, bool checked) {
  const std::string* field = form.find("content-type");
  if (dialect == Dialect::kOss && !(checked && field != nullptr)) {
    const std::string* own = form.find("x-oss-content-type");
    if (own != nullptr && !own->empty() && !checked) return *own;
    if (!form.file_content_type().empty()) return form.file_content_type();
  }
  return field == nullptr ? std::string() : *field;
}

// The fields say what headers say elsewhere, so that they are read as a request's headers.
OssResult<PutOptions> form_options(const PostForm& form, const OssCall& call,
                                   bool type_is_checked) {
  for (std::string_view name : {"callback", "callback-var", "tagging", "x-oss-tagging"}) {
    if (form.find(name) != nullptr) {
      return fail(Errc::kNotImplemented, "The field " + std::string(name) + " is not implemented.");
    }
  }
  http::Request request;
  for (const auto& [name, value] : form.fields()) {
    std::string_view header = name;
    if (name == "acl" && call.dialect == Dialect::kS3) header = "x-amz-acl";
    // A condition of a write is none of a form's fields.
    if (!name.starts_with("if-")) request.head.headers.push_back({header, value});
  }
  OssCall as_headers(request, call.env);
  as_headers.dialect = call.dialect;
  if (auto known = check_headers(as_headers); !known) return std::unexpected(known.error());
  auto options = put_options(as_headers);
  if (options) options->headers.content_type = content_type(form, call.dialect, type_is_checked);
  return options;
}

void read_success(const PostForm& form, ops::PostObject& op) {
  const std::string* status = form.find("success_action_status");
  if (status != nullptr && (*status == "200" || *status == "201")) {
    op.success_status = *status == "200" ? 200 : 201;
  }
  const std::string* target = form.find("success_action_redirect");
  if (target == nullptr) target = form.find("redirect");
  if (target != nullptr && (target->starts_with("http://") || target->starts_with("https://"))) {
    op.redirect = *target;
  }
}

std::string object_url(const OssCall& call) {
  std::string url = call.request.tls ? "https://" : "http://";
  url += call.head().header("Host").value_or("");
  if (call.style == AddressStyle::kPath) url += "/" + call.bucket();
  url += '/';
  percent_encode_to(url, call.key(), true);
  return url;
}

std::string post_response(const OssCall& call, const std::string& etag) {
  std::string out;
  XmlWriter xml(out);
  xml.declaration();
  xml.open("PostResponse");
  xml.text("Bucket", call.bucket());
  xml.text("Location", object_url(call));
  xml.text("Key", call.key());
  xml.text("ETag", etag);
  xml.close("PostResponse");
  return out;
}

std::string redirect_url(const OssCall& call, std::string url, std::string_view etag) {
  url += url.find('?') == std::string::npos ? '?' : '&';
  url += "bucket=" + percent_encode(call.bucket());
  url += "&key=" + percent_encode(call.key());
  url += "&etag=" + percent_encode(etag);
  return url;
}

}  // namespace

static http::Response encode(OssCall& call, ops::PostObject& op, ObjectInfo& info) {
  std::string etag = '"' + etag_text(info.etag, call.dialect) + '"';
  http::Response response;
  if (!op.redirect.empty()) {
    response.status = 303;
    response.headers.add("Location", redirect_url(call, std::move(op.redirect), etag));
  } else {
    response.status = op.success_status;
    response.headers.add("Location", object_url(call));
  }
  add_etag(response.headers, info.etag, call.dialect);
  add_crc64(response.headers, info.crc64, call.dialect);
  if (response.status == 201) {
    response.headers.add("Content-Type", "application/xml");
    response.body = post_response(call, etag);
  }
  return response;
}

Task<std::expected<std::unique_ptr<OssAction>, http::Response>> decode_post_object(OssCall& call) {
  auto boundary = http::form_boundary(call.head().header("Content-Type").value_or(""));
  if (!boundary) co_return Refusal(error_response(call, not_a_form(call.dialect)));
  auto read = co_await PostForm::read_fields(*boundary, *call.request.body);
  if (!read) co_return Refusal(error_response(call, read.error()));
  std::unique_ptr<PostForm> form = std::move(*read);
  if (speaks_s3(form->fields())) call.dialect = Dialect::kS3;

  const std::string* key = form->find("key");
  if (key == nullptr) {
    OssError error{Errc::kInvalidArgument,
                   "Bucket POST must contain a field named 'key'. If it is specified, please check "
                   "the order of the fields.",
                   {{"ArgumentName", "key"}},
                   {}};
    co_return Refusal(error_response(call, error));
  }
  call.target.key = final_key(*key, form->file_name());

  if (call.env.keys != nullptr) {
    auto identity = auth::authenticate_post_policy(form->fields(), *call.env.keys,
                                                   call.env.clock.now(), call.env.auth);
    if (!identity) co_return Refusal(error_response(call, to_wire(identity.error(), call)));
    call.identity = std::move(*identity);
  }
  auto type_is_checked = obey_policy(*form, call);
  if (!type_is_checked) co_return Refusal(error_response(call, type_is_checked.error()));

  ops::PostObject op;
  auto options = form_options(*form, call, *type_is_checked);
  if (!options) co_return Refusal(error_response(call, options.error()));
  read_success(*form, op);
  op.put.object = {call.bucket(), call.key()};
  op.put.options = std::move(*options);
  op.put.data.explain = [file = form.get()](Error error) {
    return file->explain(std::move(error));
  };
  op.put.data.source = form.get();
  op.put.data.owned = std::move(form);
  bool sets_acl = op.put.options.acl != Acl::kDefault;
  co_return make_action(std::move(op), sets_acl);
}

}  // namespace lakeside::oss::wire
