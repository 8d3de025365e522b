// Uploads as OpenAI has them, files in parts: platform.openai.com/docs/api-reference/uploads.
#include <algorithm>
#include <array>
#include <utility>

#include "base/encoding.h"
#include "gateway/http/multipart.h"
#include "services/modelstudio/wire/codecs.h"
#include "services/modelstudio/wire/files.h"
#include "services/modelstudio/wire/openai_file_fields.h"
#include "services/modelstudio/wire/shapes.h"

namespace lakeside::modelstudio::wire {
namespace {

constexpr std::size_t kMaxType = 255;
constexpr std::size_t kMaxText = 64 << 10;  // of a form, beside the data
constexpr std::size_t kMaxRest = 64 << 10;  // what may follow the form
constexpr std::size_t kMaxRefused = 256 << 20;

Json upload_json(const Upload& upload) {
  constexpr std::array<std::string_view, 4> kNames = {"pending", "pending", "completed",
                                                      "cancelled"};
  Json json = {{"id", upload.id},
               {"object", "upload"},
               {"bytes", upload.bytes},
               {"created_at", unix_seconds(upload.created)},
               {"filename", upload.filename},
               {"purpose", upload.purpose},
               {"status", kNames[static_cast<std::size_t>(upload.status)]},
               {"expires_at", unix_seconds(upload.expires)},
               {"file", nullptr}};
  if (upload.status == Upload::Status::kCompleted) json["file"] = file_json(upload.file);
  return json;
}

WireError bad_request(std::string param, std::string message) {
  return to_wire(BadInput{std::move(param), std::move(message), ""}, Dialect::kOpenAi);
}

WireError no_such_upload(const std::string& id) {
  WireError error;
  error.status = 404;
  error.param = "upload_id";
  error.message = "No such Upload object: " + id;
  return error;
}

WireError storage_error(const UploadError& error) {
  if (error.object.fault == ObjectFault::kTooLarge) {
    return bad_request("data", "A part has at most " + std::to_string(kMaxPartBytes) + " bytes.");
  }
  if (error.object.fault == ObjectFault::kIncomplete) {
    return bad_request("data", "The body is not well-formed multipart/form-data.");
  }
  return to_wire(error.object, {}, Dialect::kOpenAi);
}

WireError to_wire(const UploadError& error, const std::string& id) {
  switch (error.fault) {
    case UploadFault::kNoSuchUpload:
      return no_such_upload(id);
    case UploadFault::kExpired:
      return bad_request("upload_id", "The upload " + id + " has expired.");
    case UploadFault::kCompleted:
      return bad_request("upload_id", "The upload " + id + " is already completed.");
    case UploadFault::kCancelled:
      return bad_request("upload_id", "The upload " + id + " was cancelled.");
    case UploadFault::kTooManyParts:
      return bad_request("data",
                         "The parts of this upload have far more bytes than it was to have.");
    case UploadFault::kNoSuchPart:
      return bad_request("part_ids", "The upload has no part " + in_quotes(error.detail) + ".");
    case UploadFault::kRepeatedPart:
      return bad_request("part_ids", "The part " + in_quotes(error.detail) + " is there twice.");
    case UploadFault::kWrongSize:
      return bad_request("part_ids", "The parts have " + error.detail +
                                         " bytes together, which is not what the upload was "
                                         "created with.");
    case UploadFault::kWrongChecksum:
      return bad_request("md5", "The MD5 of the parts is " + error.detail + ".");
    case UploadFault::kStorage:
      break;
  }
  return storage_error(error);
}

class CreateUpload final : public gateway::Action {
 public:
  explicit CreateUpload(Upload upload) : upload_(std::move(upload)) {}

  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    upload_.workspace = workspace_of(call);
    auto begun = co_await call.env.file_uploads.begin(std::move(upload_));
    if (!begun) co_return call.error(to_wire(begun.error(), {}));
    co_return json_response(to_text(upload_json(*begun)));
  }

 private:
  Upload upload_;
};

// Reads the form as it comes; what is not the data is passed over.
class AddUploadPart final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto boundary = http::form_boundary(call.head().header("Content-Type").value_or(""));
    if (!boundary) {
      co_return call.error(
          bad_request("", "The request's Content-Type must be multipart/form-data."));
    }
    http::MultipartReader reader(*boundary, *call.request.body, kMaxText);
    while (true) {
      auto part = co_await reader.next();
      if (!part) co_return call.error(malformed());
      if (!*part) co_return call.error(bad_request("data", "'data' is a required property"));
      if ((*part)->name == "data") break;
    }
    http::PartSource source(reader);
    auto added = co_await call.env.file_uploads.add_part(workspace_of(call), call.id, source);
    if (!added) {
      // Who is cut off while it sends does not see the answer.
      const bool broken = added.error().object.fault == ObjectFault::kIncomplete;
      if (!broken) (void)co_await reader.drop_rest(kMaxRefused);
      co_return call.error(to_wire(added.error(), call.id));
    }
    // The part is stored already; what follows it is nobody's data.
    auto whole = co_await reader.drop_rest(kMaxRest);
    if (!whole || !*whole) co_return call.error(malformed());
    co_return json_response(to_text({{"id", added->id},
                                     {"object", "upload.part"},
                                     {"created_at", unix_seconds(added->created)},
                                     {"upload_id", call.id}}));
  }

 private:
  static WireError malformed() {
    return bad_request("", "The body is not well-formed multipart/form-data.");
  }
};

class CompleteUpload final : public gateway::Action {
 public:
  explicit CompleteUpload(UploadStore::Completion completion)
      : completion_(std::move(completion)) {}

  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto done = co_await call.env.file_uploads.complete(workspace_of(call), call.id, completion_);
    if (!done) co_return call.error(to_wire(done.error(), call.id));
    co_return json_response(to_text(upload_json(*done)));
  }

 private:
  UploadStore::Completion completion_;
};

class CancelUpload final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto cancelled = co_await call.env.file_uploads.cancel(workspace_of(call), call.id);
    if (!cancelled) co_return call.error(to_wire(cancelled.error(), call.id));
    co_return json_response(to_text(upload_json(*cancelled)));
  }
};

std::uint32_t read_expiry(Fields& fields, const std::string& purpose) {
  const Json* after = fields.object("expires_after");
  if (after == nullptr) {
    auto usual = usual_expiry(purpose);
    return usual ? static_cast<std::uint32_t>(usual->count()) : 0;
  }
  Fields inner(*after, "expires_after", fields.bad());
  if (inner.required_text("anchor") != "created_at") {
    inner.invalid("anchor", "it must be 'created_at'.");
  }
  auto seconds = inner.integer("seconds", kLeastFileSeconds, kMostFileSeconds);
  if (!seconds) inner.missing("seconds");
  return static_cast<std::uint32_t>(seconds.value_or(0));
}

bool is_media_type(const std::string& type) {
  return !type.empty() && type.size() <= kMaxType &&
         std::ranges::all_of(type, [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

Decoded<Upload> parse_create_upload(std::string_view body) {
  auto json = parse_body(body);
  if (!json) return std::unexpected(std::move(json.error()));
  std::optional<BadInput> bad;
  Fields fields(*json, "", bad);
  Upload upload;
  upload.filename = fields.required_text("filename");
  upload.purpose = fields.required_text("purpose");
  upload.content_type = fields.required_text("mime_type");
  if (!is_media_type(upload.content_type)) fields.invalid("mime_type", "no media type.");
  if (!is_filename(upload.filename)) {
    fields.invalid("filename", "it has 1 to " + std::to_string(kMaxFilename) +
                                   " bytes of UTF-8 without control characters.");
  }
  auto bytes = fields.integer("bytes", 1, kMaxUploadBytes);
  if (!bytes) fields.missing("bytes");
  upload.bytes = static_cast<std::uint64_t>(bytes.value_or(0));
  upload.file_seconds = read_expiry(fields, upload.purpose);
  if (bad) return std::unexpected(std::move(*bad));
  auto fits = check_purpose(upload.purpose, upload.filename);
  if (!fits) return std::unexpected(std::move(fits.error()));
  return upload;
}

Decoded<UploadStore::Completion> parse_complete_upload(std::string_view body) {
  auto json = parse_body(body);
  if (!json) return std::unexpected(std::move(json.error()));
  std::optional<BadInput> bad;
  Fields fields(*json, "", bad);
  UploadStore::Completion completion;
  if (fields.array("part_ids") == nullptr) fields.missing("part_ids");
  completion.parts = fields.texts("part_ids", kMaxParts);
  completion.md5 = fields.text("md5").value_or("");
  if (bad) return std::unexpected(std::move(*bad));
  return completion;
}

ActionResult decode_create_upload(StudioCall&, const std::string& body) {
  auto upload = parse_create_upload(body);
  if (!upload) return std::unexpected(std::move(upload.error()));
  return std::make_unique<CreateUpload>(std::move(*upload));
}

ActionResult decode_add_upload_part(StudioCall&, const std::string&) {
  return std::make_unique<AddUploadPart>();
}

ActionResult decode_complete_upload(StudioCall&, const std::string& body) {
  auto completion = parse_complete_upload(body);
  if (!completion) return std::unexpected(std::move(completion.error()));
  return std::make_unique<CompleteUpload>(std::move(*completion));
}

ActionResult decode_cancel_upload(StudioCall&, const std::string&) {
  return std::make_unique<CancelUpload>();
}

}  // namespace lakeside::modelstudio::wire
