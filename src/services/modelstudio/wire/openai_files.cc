// Files as OpenAI has them: platform.openai.com/docs/api-reference/files.
#include <algorithm>
#include <array>
#include <utility>

#include "base/encoding.h"
#include "services/modelstudio/wire/codecs.h"
#include "services/modelstudio/wire/file_form.h"
#include "services/modelstudio/wire/openai_file_fields.h"
#include "services/modelstudio/wire/query.h"
#include "services/modelstudio/wire/shapes.h"

namespace lakeside::modelstudio::wire {
namespace {

constexpr std::uint64_t kMostFiles = 10'000;

using Fields = std::vector<std::pair<std::string, std::string>>;

BadInput bad(std::string param, std::string message) {
  return {std::move(param), std::move(message), ""};
}

Decoded<std::optional<std::chrono::seconds>> expiry(const FileForm& form) {
  const std::string* anchor = form.find("expires_after[anchor]");
  const std::string* seconds = form.find("expires_after[seconds]");
  if (anchor == nullptr && seconds == nullptr) return std::nullopt;
  if (anchor == nullptr || *anchor != "created_at") {
    return std::unexpected(
        bad("expires_after.anchor", "Invalid 'expires_after.anchor': it must be 'created_at'."));
  }
  auto number = parse_uint(seconds == nullptr ? "" : *seconds);
  if (!number || *number < kLeastFileSeconds || *number > kMostFileSeconds) {
    return std::unexpected(bad("expires_after.seconds",
                               "Invalid 'expires_after.seconds': it must be between 3600 (1 hour) "
                               "and 2592000 (30 days)."));
  }
  return std::chrono::seconds(*number);
}

// The form's fields into its file.
Decoded<void> describe(FileForm& form) {
  constexpr std::array<std::string_view, 3> kKnown = {"purpose", "expires_after[anchor]",
                                                      "expires_after[seconds]"};
  for (const auto& [name, value] : form.fields) {
    if (std::ranges::find(kKnown, name) != kKnown.end()) continue;
    return std::unexpected(bad(
        name, "Additional properties are not allowed (" + in_quotes(name) + " was unexpected)"));
  }
  const std::string* purpose = form.find("purpose");
  if (purpose == nullptr) {
    return std::unexpected(bad("purpose", "'purpose' is a required property"));
  }
  if (form.files.empty()) return std::unexpected(bad("file", "'file' is a required property"));
  StoredFile& file = form.files.front();
  if (auto fits = check_purpose(*purpose, file.filename); !fits) return fits;
  auto after = expiry(form);
  if (!after) return std::unexpected(std::move(after.error()));
  file.purpose = *purpose;
  if (!*after) *after = usual_expiry(file.purpose);
  if (*after) file.expires = file.created + **after;
  return {};
}

class CreateFile final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto form = co_await read_file_form(call, {"file", 1});
    if (!form) co_return call.error(form.error());
    auto described = describe(*form);
    if (!described) {
      co_await discard(call, *form);
      co_return call.error(to_wire(described.error(), call.dialect));
    }
    auto published = co_await publish(call, *form);
    if (!published) co_return call.error(published.error());
    co_return json_response(to_text(file_json(form->files.front())));
  }
};

class ListFiles final : public gateway::Action {
 public:
  explicit ListFiles(FileStore::ListOptions options) : options_(std::move(options)) {}

  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto page = co_await call.env.files.list(workspace_of(call), options_);
    if (!page) co_return call.error(to_wire(page.error(), {}, call.dialect));
    Json data = Json::array();
    for (const StoredFile& file : page->files) data.push_back(file_json(file));
    bool empty = page->files.empty();
    Json first = empty ? Json() : Json(page->files.front().id);
    Json last = empty ? Json() : Json(page->files.back().id);
    co_return json_response(to_text({{"object", "list"},
                                     {"data", std::move(data)},
                                     {"first_id", std::move(first)},
                                     {"last_id", std::move(last)},
                                     {"has_more", page->more}}));
  }

 private:
  FileStore::ListOptions options_;
};

class RetrieveFile final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto file = co_await call.env.files.find(workspace_of(call), call.id);
    if (!file) co_return call.error(to_wire(file.error(), call.id, call.dialect));
    co_return json_response(to_text(file_json(*file)));
  }
};

class DeleteFile final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto removed = co_await call.env.files.remove(workspace_of(call), call.id);
    if (!removed) co_return call.error(to_wire(removed.error(), call.id, call.dialect));
    co_return json_response(to_text({{"id", call.id}, {"object", "file"}, {"deleted", true}}));
  }
};

class DownloadFile final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto file = co_await call.env.files.find(workspace_of(call), call.id);
    if (!file) co_return call.error(to_wire(file.error(), call.id, call.dialect));
    auto stream = co_await call.env.files.open(*file);
    if (!stream) co_return call.error(to_wire(stream.error(), call.id, call.dialect));
    http::Response response;
    response.headers.add("Content-Type", "application/octet-stream");
    response.headers.add("Content-Disposition",
                         "attachment; filename*=UTF-8''" + percent_encode(file->filename));
    response.content_length = stream->bytes;
    response.body = std::move(stream->data);
    co_return response;
  }
};

}  // namespace

ActionResult decode_create_file(StudioCall&, const std::string&) {
  return std::make_unique<CreateFile>();
}

ActionResult decode_list_files(StudioCall& call, const std::string&) {
  FileStore::ListOptions options;
  auto limit = query_number(call.head(), "limit", kMostFiles, kMostFiles);
  if (!limit) return std::unexpected(std::move(limit.error()));
  auto newest_first = query_newest_first(call.head());
  if (!newest_first) return std::unexpected(std::move(newest_first.error()));
  options.purpose = query_text(call.head(), "purpose");
  options.after = query_text(call.head(), "after");
  options.limit = *limit;
  options.newest_first = *newest_first;
  return std::make_unique<ListFiles>(std::move(options));
}

ActionResult decode_retrieve_file(StudioCall&, const std::string&) {
  return std::make_unique<RetrieveFile>();
}

ActionResult decode_delete_file(StudioCall&, const std::string&) {
  return std::make_unique<DeleteFile>();
}

ActionResult decode_download_file(StudioCall&, const std::string&) {
  return std::make_unique<DownloadFile>();
}

}  // namespace lakeside::modelstudio::wire
