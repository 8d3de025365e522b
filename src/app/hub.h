// Hubs of models: what ModelScope and Hugging Face answer, and which file of a model is wanted.
// Nothing here connects anywhere; see hub_client.h.
//
// The forms are those that modelscope/hub/api.py and huggingface_hub/hf_api.py read, the two hubs'
// own clients.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/url.h"
#include "base/result.h"

namespace lakeside::app {

enum class HubStyle { kHuggingFace, kModelScope };

struct Hub {
  Url base;                       // its target is a prefix without a slash at its end
  std::optional<HubStyle> style;  // none: not known before it answered
};

// `wanted`: "hf", "modelscope", an address, or hf+ADDRESS or modelscope+ADDRESS; empty: what
// LAKESIDE_HUB says, else ModelScope. HF_ENDPOINT and MODELSCOPE_DOMAIN say where the two are.
[[nodiscard]] Result<Hub> choose_hub(std::string_view wanted, const Environment& environment);
// What the hub's own clients would show it: HF_TOKEN or MODELSCOPE_API_TOKEN.
[[nodiscard]] std::string hub_token(HubStyle style, const Environment& environment);

// "owner/repo" or "owner/repo:Q4_K_M".
struct HubModel {
  std::string repo;
  std::string quantisation;  // empty: not said
};
[[nodiscard]] Result<HubModel> parse_hub_model(std::string_view text);

struct HubFile {
  std::string path;
  std::optional<std::uint64_t> bytes;
  std::string sha256;  // lower case; empty: the hub does not say
};
// The address of the list of a model's files.
[[nodiscard]] Url listing_url(const Hub& hub, const std::string& repo);
// Errors: kCorrupt for what is no such list.
[[nodiscard]] Result<std::vector<HubFile>> parse_listing(HubStyle style, std::string_view text);
[[nodiscard]] Url file_url(const Hub& hub, const std::string& repo, const std::string& path);

// The one GGUF file that is wanted: of `quantisation` or like `pattern` where one is given, else
// Q4_K_M, else Q8_0, else the only one. Errors (fit for the terminal): kNotFound, kInvalid where
// several are as good, kUnsupported for a model in parts.
[[nodiscard]] Result<HubFile> choose_file(const std::vector<HubFile>& files,
                                          const std::string& quantisation,
                                          const std::string& pattern);

}  // namespace lakeside::app
