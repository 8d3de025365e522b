#include "app/hub.h"

#include <algorithm>
#include <array>
#include <iterator>

#include <fnmatch.h>
#include <nlohmann/json.hpp>

#include "base/encoding.h"

namespace lakeside::app {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kModelScope = "https://www.modelscope.cn";
constexpr std::string_view kHuggingFace = "https://huggingface.co";
constexpr std::size_t kMostListed = 40;  // of a message

std::string or_default(const char* value, std::string_view fallback) {
  return value != nullptr && *value != '\0' ? value : std::string(fallback);
}

std::optional<HubStyle> style_of_host(std::string_view host) {
  auto is_at = [&](std::string_view domain) {
    return host == domain || host.ends_with("." + std::string(domain));
  };
  if (is_at("modelscope.cn") || is_at("modelscope.ai")) return HubStyle::kModelScope;
  if (is_at("huggingface.co") || is_at("hf.co") || is_at("hf-mirror.com")) {
    return HubStyle::kHuggingFace;
  }
  return std::nullopt;
}

Result<Hub> hub_at(std::string_view address, std::optional<HubStyle> style) {
  auto base = parse_url(address);
  if (!base) return std::unexpected(base.error());
  if (base->target.find('?') != std::string::npos) {
    return fail(ErrorCode::kInvalid, "a hub's address has no query");
  }
  while (base->target.ends_with('/')) base->target.pop_back();
  if (!style) style = style_of_host(base->host);
  return Hub{std::move(*base), style};
}

bool is_repo_part(std::string_view text) {
  return !text.empty() && text.size() <= 128 && text != "." && text != ".." &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view("._-").find(c) != std::string_view::npos;
         });
}

Url below(const Hub& hub, const std::string& path) {
  Url url = hub.base;
  url.target += path;
  return url;
}

// A value that is there and of the right kind.
std::string text_of(const Json& object, const char* key) {
  auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}
std::optional<std::uint64_t> number_of(const Json& object, const char* key) {
  auto found = object.find(key);
  if (found == object.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

// Only what is a SHA-256: 64 hexadecimal digits.
std::string digest_of(const Json& object, const char* key) {
  std::string text = to_lower_ascii(text_of(object, key));
  return text.size() == 64 && hex_decode(text) ? text : "";
}

// {"siblings": [{"rfilename", "size", "lfs": {"sha256", "size"}}]}
std::optional<std::vector<HubFile>> parse_siblings(const Json& document) {
  auto siblings = document.find("siblings");
  if (siblings == document.end() || !siblings->is_array()) return std::nullopt;
  std::vector<HubFile> files;
  for (const Json& entry : *siblings) {
    if (!entry.is_object()) continue;
    HubFile file{text_of(entry, "rfilename"), number_of(entry, "size"), ""};
    if (auto lfs = entry.find("lfs"); lfs != entry.end() && lfs->is_object()) {
      file.sha256 = digest_of(*lfs, "sha256");
      if (!file.bytes) file.bytes = number_of(*lfs, "size");
    }
    files.push_back(std::move(file));
  }
  return files;
}

// {"Code": 200, "Data": {"Files": [{"Path", "Type": "blob", "Size", "Sha256"}]}}
std::optional<std::vector<HubFile>> parse_data_files(const Json& document) {
  auto data = document.find("Data");
  if (data == document.end() || !data->is_object()) return std::nullopt;
  auto entries = data->find("Files");
  if (entries == data->end() || !entries->is_array()) return std::nullopt;
  std::vector<HubFile> files;
  for (const Json& entry : *entries) {
    if (!entry.is_object() || text_of(entry, "Type") == "tree") continue;
    files.push_back({text_of(entry, "Path"), number_of(entry, "Size"), digest_of(entry, "Sha256")});
  }
  return files;
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Names go to a terminal: one that could steer it is left out.
bool is_gguf(std::string_view path) {
  return to_lower_ascii(path).ends_with(".gguf") && path.size() <= 1024 &&
         std::ranges::none_of(path, [](char c) { return (c >= 0 && c < ' ') || c == 127; });
}

// "model-00001-of-00003.gguf"
bool is_part(std::string_view path) {
  return fnmatch("*-[0-9][0-9][0-9][0-9][0-9]-of-[0-9][0-9][0-9][0-9][0-9].gguf",
                 to_lower_ascii(path).c_str(), 0) == 0;
}

// A projector for images or a matrix for quantising: GGUF files, and no models.
bool is_companion(std::string_view path) {
  std::string name = to_lower_ascii(base_name(path));
  return name.starts_with("mmproj") || name.find("imatrix") != std::string::npos;
}

// Whether the name has it as a word: "Q4_K" is not in "model-Q4_K_M.gguf", nor "Q4_XS" in "IQ4_XS".
bool is_quantised(std::string_view path, std::string_view quantisation) {
  const std::string text = to_lower_ascii(path);
  const std::string word = to_lower_ascii(quantisation);
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const char before = at == 0 ? '/' : text[at - 1];
    const auto end = at + word.size();
    const char after = end == text.size() ? '/' : text[end];
    if (std::string_view("-._/").find(before) != std::string_view::npos &&
        std::string_view("-./").find(after) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

std::string lines_of(const std::vector<HubFile>& files) {
  std::string text;
  for (std::size_t i = 0; i < std::min(files.size(), kMostListed); ++i) {
    text += "\n  " + files[i].path;
    if (files[i].bytes) text += "  (" + std::to_string(*files[i].bytes >> 20) + " MiB)";
  }
  if (files.size() > kMostListed) {
    text += "\n  and " + std::to_string(files.size() - kMostListed) + " more";
  }
  return text;
}

template <class Wanted>
std::vector<HubFile> those(const std::vector<HubFile>& files, Wanted wanted) {
  std::vector<HubFile> found;
  std::ranges::copy_if(files, std::back_inserter(found), wanted);
  return found;
}

std::unexpected<Error> in_parts() {
  return fail(ErrorCode::kUnsupported,
              "this model comes in parts (…-00001-of-…), which cannot be pulled: choose one in a "
              "single file, or join the parts with llama-gguf-split --merge and import the result");
}

// What the caller named.
Result<HubFile> choose_among(const std::vector<HubFile>& all, const std::vector<HubFile>& matching,
                             const std::string& asked) {
  auto whole = those(matching, [](const HubFile& file) { return !is_part(file.path); });
  if (whole.size() == 1) return whole.front();
  if (whole.size() > 1) {
    return fail(ErrorCode::kInvalid,
                asked + " fits several files; say which with --file:" + lines_of(whole));
  }
  if (!matching.empty()) return in_parts();
  return fail(ErrorCode::kNotFound, "no GGUF file fits " + asked + ":" + lines_of(all));
}

}  // namespace

Result<Hub> choose_hub(std::string_view wanted, const Environment& environment) {
  std::string name(wanted);
  if (name.empty()) name = or_default(environment("LAKESIDE_HUB"), "modelscope");
  if (name == "hf" || name == "huggingface") {
    return hub_at(or_default(environment("HF_ENDPOINT"), kHuggingFace), HubStyle::kHuggingFace);
  }
  if (name == "modelscope" || name == "ms") {
    std::string address = or_default(environment("MODELSCOPE_DOMAIN"), kModelScope);
    if (address.find("://") == std::string::npos) address = "https://" + address;
    return hub_at(address, HubStyle::kModelScope);
  }
  if (name.starts_with("hf+")) return hub_at(name.substr(3), HubStyle::kHuggingFace);
  if (name.starts_with("modelscope+")) return hub_at(name.substr(11), HubStyle::kModelScope);
  return hub_at(name, std::nullopt);
}

std::string hub_token(HubStyle style, const Environment& environment) {
  const char* name = style == HubStyle::kHuggingFace ? "HF_TOKEN" : "MODELSCOPE_API_TOKEN";
  return std::string(trim(or_default(environment(name), "")));
}

Result<HubModel> parse_hub_model(std::string_view text) {
  const auto colon = std::min(text.find(':'), text.size());
  std::string_view repo = text.substr(0, colon);
  std::string_view quantisation = text.substr(std::min(colon + 1, text.size()));
  const auto slash = std::min(repo.find('/'), repo.size());
  const bool good = is_repo_part(repo.substr(0, slash)) && slash < repo.size() &&
                    is_repo_part(repo.substr(slash + 1)) &&
                    (colon == text.size() || is_repo_part(quantisation));
  if (!good) {
    return fail(ErrorCode::kInvalid, "\"" + std::string(text.substr(0, 200)) +
                                         "\" is no model of a hub: owner/repo or "
                                         "owner/repo:Q4_K_M");
  }
  return HubModel{std::string(repo), std::string(quantisation)};
}

Url listing_url(const Hub& hub, const std::string& repo) {
  if (hub.style == HubStyle::kModelScope) {
    return below(hub, "/api/v1/models/" + repo + "/repo/files?Revision=master&Recursive=true");
  }
  return below(hub, "/api/models/" + repo + "?blobs=true");
}

Url file_url(const Hub& hub, const std::string& repo, const std::string& path) {
  const std::string encoded = percent_encode(path, true);
  if (hub.style == HubStyle::kModelScope) {
    return below(hub, "/models/" + repo + "/resolve/master/" + encoded);
  }
  return below(hub, "/" + repo + "/resolve/main/" + encoded);
}

Result<std::vector<HubFile>> parse_listing(HubStyle style, std::string_view text) {
  Json document = Json::parse(text, nullptr, false);
  std::optional<std::vector<HubFile>> files;
  if (document.is_object()) {
    files = style == HubStyle::kHuggingFace ? parse_siblings(document) : parse_data_files(document);
  }
  if (!files) return fail(ErrorCode::kCorrupt, "the hub's answer is no list of a model's files");
  return std::move(*files);
}

Result<HubFile> choose_file(const std::vector<HubFile>& files, const std::string& quantisation,
                            const std::string& pattern) {
  auto all = those(files, [](const HubFile& file) { return is_gguf(file.path); });
  if (all.empty()) {
    return fail(ErrorCode::kNotFound,
                "this model has no GGUF file; look for its name with -GGUF at the end");
  }
  if (!pattern.empty()) {
    auto like = those(all, [&](const HubFile& file) {
      return fnmatch(pattern.c_str(), file.path.c_str(), 0) == 0 ||
             fnmatch(pattern.c_str(), std::string(base_name(file.path)).c_str(), 0) == 0;
    });
    return choose_among(all, like, "--file " + pattern);
  }
  auto models = those(all, [](const HubFile& file) { return !is_companion(file.path); });
  auto of = [&](std::string_view name) {
    return those(models, [&](const HubFile& file) { return is_quantised(file.path, name); });
  };
  if (!quantisation.empty()) return choose_among(all, of(quantisation), quantisation);
  for (const char* preferred : {"Q4_K_M", "Q8_0"}) {
    auto found = those(of(preferred), [](const HubFile& file) { return !is_part(file.path); });
    if (!found.empty()) return choose_among(all, found, preferred);
  }
  auto whole = those(models, [](const HubFile& file) { return !is_part(file.path); });
  if (whole.size() == 1) return whole.front();
  if (whole.empty()) return in_parts();
  return fail(ErrorCode::kInvalid,
              "this model has several files; say which with --file or as owner/repo:QUANTISATION:" +
                  lines_of(whole));
}

}  // namespace lakeside::app
