// Files as DashScope has them: dashscope/files.py and v2/resources/files.py.
#include <utility>

#include "services/modelstudio/wire/codecs.h"
#include "services/modelstudio/wire/file_form.h"
#include "services/modelstudio/wire/query.h"

namespace lakeside::modelstudio::wire {
namespace {

constexpr std::size_t kMostAtOnce = 20;
constexpr std::size_t kMostListed = 10'000;  // what `total` counts
constexpr std::size_t kMaxDescription = 1024;

Json file_json(const StoredFile& file) {
  return {{"file_id", file.id},
          {"name", file.filename},
          {"description", file.description},
          {"purpose", file.purpose},
          {"size", file.bytes},
          {"gmt_create", format_iso8601_millis(file.created)}};
}

http::Response answer(const StudioCall& call, Json data) {
  return json_response(to_text({{"request_id", call.wire_id()}, {"data", std::move(data)}}));
}

// The form's fields into its files: the first description is the first file's.
Decoded<void> describe(FileForm& form) {
  std::size_t described = 0;
  if (form.files.empty()) {
    return std::unexpected(BadInput{"files", "Required parameter 'files' is missing.", {}});
  }
  for (const auto& [name, value] : form.fields) {
    if (name == "purpose") continue;  // curl examples send it; read below
    if (name != "descriptions") {
      return std::unexpected(BadInput{name, "Unknown parameter: '" + name + "'.", {}});
    }
    if (described == form.files.size() || value.size() > kMaxDescription) {
      return std::unexpected(BadInput{
          name, "There is at most one of 'descriptions', of 1024 bytes, for each file.", {}});
    }
    form.files[described++].description = value;
  }
  // The SDK asks for a purpose and does not send it; its default is this one.
  const std::string* purpose = form.find("purpose");
  for (StoredFile& file : form.files) file.purpose = purpose == nullptr ? "fine-tune" : *purpose;
  return {};
}

class UploadFiles final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto form = co_await read_file_form(call, {"files", kMostAtOnce});
    if (!form) co_return call.error(form.error());
    auto described = describe(*form);
    if (!described) {
      co_await discard(call, *form);
      co_return call.error(to_wire(described.error(), call.dialect));
    }
    auto published = co_await publish(call, *form);
    if (!published) co_return call.error(published.error());
    Json uploaded = Json::array();
    for (const StoredFile& file : form->files) {
      uploaded.push_back({{"name", file.filename}, {"file_id", file.id}});
    }
    co_return answer(call,
                     {{"uploaded_files", std::move(uploaded)}, {"failed_uploads", Json::array()}});
  }
};

class ListFiles final : public gateway::Action {
 public:
  ListFiles(std::uint64_t page, std::uint64_t page_size) : page_(page), page_size_(page_size) {}

  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    FileStore::ListOptions options;
    options.limit = kMostListed;
    auto listed = co_await call.env.files.list(workspace_of(call), options);
    if (!listed) co_return call.error(to_wire(listed.error(), {}, call.dialect));
    const std::vector<StoredFile>& all = listed->files;
    Json files = Json::array();
    for (std::uint64_t i = (page_ - 1) * page_size_; i < all.size(); ++i) {
      if (files.size() == page_size_) break;
      files.push_back(file_json(all[i]));
    }
    co_return answer(call, {{"total", all.size()},
                            {"page_no", page_},
                            {"page_size", page_size_},
                            {"files", std::move(files)}});
  }

 private:
  std::uint64_t page_;
  std::uint64_t page_size_;
};

class GetFile final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto file = co_await call.env.files.find(workspace_of(call), call.id);
    if (!file) co_return call.error(to_wire(file.error(), call.id, call.dialect));
    co_return answer(call, file_json(*file));
  }
};

class DeleteFile final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto removed = co_await call.env.files.remove(workspace_of(call), call.id);
    if (!removed) co_return call.error(to_wire(removed.error(), call.id, call.dialect));
    co_return json_response(to_text({{"request_id", call.wire_id()}}));
  }
};

}  // namespace

ActionResult decode_upload_files(StudioCall&, const std::string&) {
  return std::make_unique<UploadFiles>();
}

ActionResult decode_list_dashscope_files(StudioCall& call, const std::string&) {
  auto page = query_number(call.head(), "page_no", 1, 1'000'000);
  if (!page) return std::unexpected(std::move(page.error()));
  auto size = query_number(call.head(), "page_size", 10, 1000);
  if (!size) return std::unexpected(std::move(size.error()));
  return std::make_unique<ListFiles>(*page, *size);
}

ActionResult decode_get_file(StudioCall&, const std::string&) {
  return std::make_unique<GetFile>();
}

ActionResult decode_delete_dashscope_file(StudioCall&, const std::string&) {
  return std::make_unique<DeleteFile>();
}

}  // namespace lakeside::modelstudio::wire
