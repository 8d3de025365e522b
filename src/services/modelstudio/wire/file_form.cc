#include "services/modelstudio/wire/file_form.h"

#include <algorithm>

#include "gateway/http/multipart.h"

namespace lakeside::modelstudio::wire {
namespace {

constexpr std::size_t kMaxText = 64 << 10;
constexpr std::size_t kMaxRest = 64 << 10;  // what may follow the form
constexpr std::size_t kMaxFields = 256;

WireError bad_form(std::string message, Dialect dialect) {
  WireError error;
  error.status = 400;
  error.code = dialect == Dialect::kOpenAi ? "" : "InvalidParameter";
  error.message = std::move(message);
  return error;
}

WireError broken(const Error& error, Dialect dialect) {
  if (error.code == ErrorCode::kTooLarge) {
    return bad_form("The fields of the form are too long.", dialect);
  }
  return bad_form("The body is not well-formed multipart/form-data.", dialect);
}

// What is to come of one form.
class Reading {
 public:
  Reading(StudioCall& call, FormRules rules, std::string_view boundary)
      : call_(call), rules_(rules), reader_(boundary, *call.request.body, kMaxText) {}

  // Nothing where all went well.
  Task<std::optional<WireError>> read();
  [[nodiscard]] FileForm& form() { return form_; }

 private:
  Task<std::optional<WireError>> take_file(const http::FormPart& part);
  Task<std::optional<WireError>> take_text(const http::FormPart& part);

  StudioCall& call_;
  const FormRules rules_;
  http::MultipartReader reader_;
  FileForm form_;
};

Task<std::optional<WireError>> Reading::read() {
  while (true) {
    auto part = co_await reader_.next();
    if (!part) co_return broken(part.error(), call_.dialect);
    if (!*part) break;
    std::optional<WireError> wrong;
    if ((*part)->name == rules_.file_field) {
      wrong = co_await take_file(**part);
    } else {
      wrong = co_await take_text(**part);
    }
    if (wrong) co_return wrong;
  }
  auto whole = co_await reader_.drop_rest(kMaxRest);
  if (!whole || !*whole) {
    co_return bad_form("The body is not well-formed multipart/form-data.", call_.dialect);
  }
  co_return std::nullopt;
}

Task<std::optional<WireError>> Reading::take_file(const http::FormPart& part) {
  const std::string name(rules_.file_field);
  if (form_.files.size() == rules_.max_files) {
    co_return bad_form(
        "At most " + std::to_string(rules_.max_files) + " '" + name + "' can be uploaded at once.",
        call_.dialect);
  }
  if (!part.file_name) co_return bad_form("'" + name + "' is not a file.", call_.dialect);
  NewFile file;
  file.workspace = workspace_of(call_);
  file.filename = *part.file_name;
  if (!part.content_type.empty()) file.content_type = part.content_type;
  file.max_bytes = kMaxFileBytes;
  http::PartSource source(reader_);
  auto stored = co_await call_.env.files.upload(file, source);
  if (!stored) co_return to_wire(stored.error(), {}, call_.dialect);
  form_.files.push_back(std::move(*stored));
  if (form_.files.back().bytes == 0) co_return bad_form("File is empty.", call_.dialect);
  co_return std::nullopt;
}

Task<std::optional<WireError>> Reading::take_text(const http::FormPart& part) {
  auto text = co_await reader_.text();
  if (!text) co_return broken(text.error(), call_.dialect);
  if (form_.fields.size() == kMaxFields) {
    co_return bad_form("The form has too many fields.", call_.dialect);
  }
  form_.fields.emplace_back(part.name, std::move(*text));
  co_return std::nullopt;
}

}  // namespace

const std::string* FileForm::find(std::string_view name) const {
  auto found = std::ranges::find(fields, name, [](const auto& field) { return field.first; });
  return found == fields.end() ? nullptr : &found->second;
}

Task<std::expected<FileForm, WireError>> read_file_form(StudioCall& call, FormRules rules) {
  auto boundary = http::form_boundary(call.head().header("Content-Type").value_or(""));
  if (!boundary) {
    co_return std::unexpected(
        bad_form("The request's Content-Type must be multipart/form-data.", call.dialect));
  }
  Reading reading(call, rules, *boundary);
  auto wrong = co_await reading.read();
  if (!wrong) co_return std::move(reading.form());
  co_await discard(call, reading.form());
  co_return std::unexpected(std::move(*wrong));
}

Task<std::expected<void, WireError>> publish(StudioCall& call, const FileForm& form) {
  for (std::size_t i = 0; i < form.files.size(); ++i) {
    auto published = co_await call.env.files.publish(form.files[i]);
    if (published) continue;
    for (std::size_t j = 0; j < i; ++j) {
      auto removed = co_await call.env.files.remove(form.files[j].workspace, form.files[j].id);
      if (!removed) (void)to_wire(removed.error(), {}, call.dialect);  // logs it
    }
    co_return std::unexpected(to_wire(published.error(), {}, call.dialect));
  }
  co_return std::expected<void, WireError>{};
}

Task<void> discard(StudioCall& call, const FileForm& form) {
  for (const StoredFile& file : form.files) co_await call.env.files.discard(file);
}

}  // namespace lakeside::modelstudio::wire
