#include "app/pull.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "app/hub.h"
#include "app/hub_client.h"
#include "app/part_file.h"

namespace lakeside::app {
namespace {

// What must stay free: the server writes beside it.
constexpr std::uint64_t kSpareBytes = 64 << 20;
constexpr int kMostAttempts = 1000;

const char* token_name(HubStyle style) {
  return style == HubStyle::kHuggingFace ? "HF_TOKEN" : "MODELSCOPE_API_TOKEN";
}

class Pull {
 public:
  Pull(const PullRequest& request, const ModelFolder& folder, const Environment& environment,
       const PullWatcher& watcher)
      : request_(request),
        folder_(folder),
        environment_(environment),
        watcher_(watcher),
        client_(
            environment, [this](std::chrono::seconds wait) { return pause(wait); }, watcher.stop) {}

  Result<std::string> run();

 private:
  bool pause(std::chrono::seconds wait) const;
  Result<HubFile> find_file();
  Result<std::vector<HubFile>> list_files();
  void use_style(HubStyle style);
  Status check_room(const PartFile& part) const;
  Status fetch(PartFile& part);
  Status fetch_on(PartFile& part);
  Status begin(PartFile& part, const HubHead& head) const;

  const PullRequest& request_;
  const ModelFolder& folder_;
  const Environment& environment_;
  const PullWatcher& watcher_;
  HubClient client_;
  Hub hub_;
  HubModel model_;
  Url source_;
};

bool Pull::pause(std::chrono::seconds wait) const {
  watcher_.say("the hub has too much to do; asking again in " + std::to_string(wait.count()) +
               " s");
  return watcher_.pause(wait);
}

void Pull::use_style(HubStyle style) {
  hub_.style = style;
  client_.set_token(hub_.base, hub_token(style, environment_), style == HubStyle::kModelScope);
}

// Of a hub whose style nobody said: the one that it answers.
Result<std::vector<HubFile>> Pull::list_files() {
  std::vector<HubStyle> styles = {HubStyle::kHuggingFace, HubStyle::kModelScope};
  if (hub_.style) styles = {*hub_.style};
  std::optional<Error> first;
  for (HubStyle style : styles) {
    use_style(style);
    auto answer = client_.get_text(listing_url(hub_, model_.repo));
    if (!answer) return std::unexpected(answer.error());
    const auto& [head, text] = *answer;
    auto files = parse_listing(style, text);
    if (head.status == 200 && files) return files;
    if (!first) {
      first = head.status == 200 ? files.error()
                                 : explain_refusal(head, model_.repo + " at " + hub_.base.origin,
                                                   token_name(style));
    }
    if (head.status == 429 || head.status >= 500) break;
  }
  return std::unexpected(*first);
}

Result<HubFile> Pull::find_file() {
  auto model = parse_hub_model(request_.model);
  if (!model) return std::unexpected(model.error());
  model_ = std::move(*model);
  if (!model_.quantisation.empty() && !request_.file.empty()) {
    return fail(ErrorCode::kInvalid, "either --file or a quantisation after the colon, not both");
  }
  auto hub = choose_hub(request_.hub, environment_);
  if (!hub) return std::unexpected(hub.error());
  hub_ = std::move(*hub);
  auto files = list_files();
  if (!files) return std::unexpected(files.error());
  auto file = choose_file(*files, model_.quantisation, request_.file);
  if (file && !file->bytes) {
    return fail(ErrorCode::kUnsupported, "the hub does not say how large " + file->path + " is");
  }
  return file;
}

Status Pull::check_room(const PartFile& part) const {
  auto free = folder_.free_bytes();
  if (!free) return std::unexpected(free.error());
  const std::uint64_t wanted = part.expected().bytes - part.size() + kSpareBytes;
  if (*free >= wanted) return {};
  return fail(ErrorCode::kNoSpace, "the disk has " + std::to_string(*free >> 20) +
                                       " MiB free, and " + std::to_string(wanted >> 20) +
                                       " MiB are needed");
}

// The head of an answer with data.
Status Pull::begin(PartFile& part, const HubHead& head) const {
  Expected expected = part.expected();
  if (head.linked_bytes && *head.linked_bytes != expected.bytes) {
    return fail(ErrorCode::kCorrupt, "the hub contradicts itself about the file's size");
  }
  if (!head.linked_sha256.empty()) {
    if (expected.sha256.empty()) expected.sha256 = head.linked_sha256;
    if (expected.sha256 != head.linked_sha256) {
      return fail(ErrorCode::kCorrupt, "the hub contradicts itself about the file's SHA-256");
    }
  }
  if (head.status == 206) {
    const std::string wanted = "bytes " + std::to_string(part.size()) + "-" +
                               std::to_string(expected.bytes - 1) + "/" +
                               std::to_string(expected.bytes);
    if (head.content_range != wanted) {
      return fail(ErrorCode::kCorrupt, "the hub sent another range than the one asked for");
    }
  } else {
    // All of it: the server knows no ranges, or the file is not the one of before.
    if (part.size() != 0) {
      if (auto emptied = part.restart(); !emptied) return emptied;
    }
    if (head.length && *head.length != expected.bytes) {
      return fail(ErrorCode::kCorrupt, "the file has " + std::to_string(*head.length) +
                                           " bytes instead of the " +
                                           std::to_string(expected.bytes) + " announced");
    }
  }
  expected.etag = head.etag;
  return part.expect(std::move(expected));
}

// One request for what is missing.
Status Pull::fetch_on(PartFile& part) {
  HttpFields headers;
  if (part.size() != 0) {
    headers.emplace_back("Range", "bytes=" + std::to_string(part.size()) + "-");
    if (!part.expected().etag.empty()) headers.emplace_back("If-Range", part.expected().etag);
  }
  HubReceiver receiver;
  receiver.begin = [&](const HubHead& head) { return begin(part, head); };
  receiver.data = [&](std::string_view data) {
    Status appended = part.append(data);
    if (appended) watcher_.moved(part.size(), part.expected().bytes);
    return appended;
  };
  auto head = client_.get(source_, headers, receiver);
  if (!head) return std::unexpected(head.error());
  if (head->status == 416) return part.restart();  // it is shorter than what is here
  if (head->status / 100 == 2) return {};
  return std::unexpected(explain_refusal(*head, source_.text(), token_name(*hub_.style)));
}

// Networks break: while each attempt brings something, the next one follows at once.
Status Pull::fetch(PartFile& part) {
  watcher_.moved(part.size(), part.expected().bytes);
  for (int attempt = 0; part.size() < part.expected().bytes; ++attempt) {
    const std::uint64_t before = part.size();
    if (watcher_.stop.stop_requested()) return fail(ErrorCode::kUnavailable, "it was stopped");
    Status fetched = fetch_on(part);
    const bool lost = !fetched && (fetched.error().code == ErrorCode::kDisconnected ||
                                   fetched.error().code == ErrorCode::kTimeout);
    if (!fetched && !lost) return fetched;
    if (part.size() > before && attempt < kMostAttempts) continue;
    if (part.size() >= part.expected().bytes) break;
    if (lost) return fetched;
    if (part.size() == before || attempt >= kMostAttempts) {
      return fail(ErrorCode::kDisconnected, "the hub sends nothing of the file any more");
    }
  }
  return {};
}

Result<std::string> Pull::run() {
  auto file = find_file();
  if (!file) return std::unexpected(file.error());
  std::string name = request_.name.empty() ? default_model_name(file->path) : request_.name;
  source_ = file_url(hub_, model_.repo, file->path);
  if (watcher_.named) watcher_.named(name);
  auto path = folder_.part_of(name);
  if (!path) return std::unexpected(path.error());
  if (!file->sha256.empty() &&
      folder_.origin(name) == ModelOrigin{source_.text(), "sha256:" + file->sha256}) {
    watcher_.say(name + " is here already");
    return name;
  }

  watcher_.say("pulling " + file->path + " of " + model_.repo + " from " + hub_.base.origin +
               " as " + name);
  auto part = PartFile::open(*path, {source_.text(), *file->bytes, file->sha256, ""});
  if (!part) return std::unexpected(part.error());
  if ((*part)->size() != 0) {
    watcher_.say("going on after " + std::to_string((*part)->size() >> 20) + " MiB");
  }
  if (auto room = check_room(**part); !room) return std::unexpected(room.error());
  if (auto fetched = fetch(**part); !fetched) return std::unexpected(fetched.error());
  if (auto verified = (*part)->verify(); !verified) return std::unexpected(verified.error());
  const std::string digest = (*part)->expected().sha256;
  if (digest.empty()) {
    watcher_.say("the hub names no SHA-256 for this file: only its size was checked");
  }
  std::optional<ModelOrigin> origin;
  if (!digest.empty()) origin = ModelOrigin{source_.text(), "sha256:" + digest};
  if (auto published = folder_.publish(*path, name, origin); !published) {
    if (published.error().code == ErrorCode::kInvalid) (*part)->remove();
    return std::unexpected(published.error());
  }
  (*part)->forget_note();
  return name;
}

}  // namespace

Result<std::string> pull_model(const PullRequest& request, const ModelFolder& folder,
                               const Environment& environment, const PullWatcher& watcher) {
  return Pull(request, folder, environment, watcher).run();
}

}  // namespace lakeside::app
