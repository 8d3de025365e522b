#include "app/hub.h"

#include <gtest/gtest.h>

#include "app/hub_client.h"

namespace lakeside::app {
namespace {

const char* nothing(const std::string&) { return nullptr; }

std::vector<HubFile> named(std::initializer_list<const char*> names) {
  std::vector<HubFile> files;
  for (const char* name : names) files.push_back({name, 1 << 20, ""});
  return files;
}

std::string chosen(std::initializer_list<const char*> names, const std::string& quantisation = "",
                   const std::string& pattern = "") {
  auto file = choose_file(named(names), quantisation, pattern);
  return file ? file->path : "";
}

ErrorCode refused(std::initializer_list<const char*> names, const std::string& quantisation = "",
                  const std::string& pattern = "") {
  auto file = choose_file(named(names), quantisation, pattern);
  EXPECT_FALSE(file) << "chose " << (file ? file->path : "");
  return file ? ErrorCode::kIo : file.error().code;
}

TEST(Hubs, AreChosen) {
  EXPECT_EQ(choose_hub("", nothing)->base.origin, "https://www.modelscope.cn");
  EXPECT_EQ(choose_hub("hf", nothing)->base.origin, "https://huggingface.co");
  EXPECT_EQ(choose_hub("https://hf-mirror.com/", nothing)->style, HubStyle::kHuggingFace);
  EXPECT_EQ(choose_hub("https://hub.example/x/", nothing)->base.text(), "https://hub.example/x");
  EXPECT_FALSE(choose_hub("https://hub.example", nothing)->style);
  EXPECT_EQ(choose_hub("modelscope+http://h:1", nothing)->style, HubStyle::kModelScope);
  EXPECT_FALSE(choose_hub("nonsense", nothing));
  EXPECT_FALSE(choose_hub("https://h/?q", nothing));
  auto environment = [](const std::string& name) -> const char* {
    if (name == "LAKESIDE_HUB") return "hf";
    return name == "HF_ENDPOINT" ? "https://mirror.example" : nullptr;
  };
  EXPECT_EQ(choose_hub("", environment)->base.origin, "https://mirror.example");
  EXPECT_EQ(choose_hub("modelscope", environment)->style, HubStyle::kModelScope);
}

TEST(Hubs, NamesOfModels) {
  auto model = parse_hub_model("Qwen/Qwen3-0.6B-GGUF:Q4_K_M");
  ASSERT_TRUE(model);
  EXPECT_EQ(model->repo, "Qwen/Qwen3-0.6B-GGUF");
  EXPECT_EQ(model->quantisation, "Q4_K_M");
  for (const char* bad : {"", "x", "a/b/c", "a/", "/b", "../b", "a/..", "a/b:", "a/b:c/d", "a/b?c",
                          "a b/c", "a/b:c:d"}) {
    EXPECT_FALSE(parse_hub_model(bad)) << bad;
  }
}

TEST(Hubs, AddressesOfBothStyles) {
  Hub hf = *choose_hub("hf", nothing);
  EXPECT_EQ(listing_url(hf, "a/b").text(), "https://huggingface.co/api/models/a/b?blobs=true");
  EXPECT_EQ(file_url(hf, "a/b", "x y/z.gguf").text(),
            "https://huggingface.co/a/b/resolve/main/x%20y/z.gguf");
  Hub scope = *choose_hub("modelscope", nothing);
  EXPECT_EQ(
      listing_url(scope, "a/b").text(),
      "https://www.modelscope.cn/api/v1/models/a/b/repo/files?Revision=master&Recursive=true");
  EXPECT_EQ(file_url(scope, "a/b", "z.gguf").text(),
            "https://www.modelscope.cn/models/a/b/resolve/master/z.gguf");
}

TEST(Hubs, ListsOfBothStyles) {
  const std::string sha(64, 'A');
  auto hf =
      parse_listing(HubStyle::kHuggingFace,
                    R"({"siblings": [{"rfilename": "a.gguf", "size": 7, "lfs": {"sha256": ")" +
                        sha + R"(", "size": 7}}, {"rfilename": "README.md", "size": 1}]})");
  ASSERT_TRUE(hf);
  ASSERT_EQ(hf->size(), 2U);
  EXPECT_EQ((*hf)[0].path, "a.gguf");
  EXPECT_EQ((*hf)[0].bytes, 7U);
  EXPECT_EQ((*hf)[0].sha256, std::string(64, 'a'));
  EXPECT_EQ((*hf)[1].sha256, "");
  auto scope = parse_listing(
      HubStyle::kModelScope,
      R"({"Code": 200, "Data": {"Files": [{"Path": "q", "Type": "tree"}, {"Path": "q/a.gguf",
          "Type": "blob", "Size": 9, "Sha256": "not a digest"}]}})");
  ASSERT_TRUE(scope);
  ASSERT_EQ(scope->size(), 1U);
  EXPECT_EQ((*scope)[0].path, "q/a.gguf");
  EXPECT_EQ((*scope)[0].bytes, 9U);
  EXPECT_EQ((*scope)[0].sha256, "");
  for (const char* bad : {"", "[]", "{}", "<html>", R"({"siblings": 1})", R"({"Data": null})",
                          R"({"Data": {"Files": {}}})"}) {
    EXPECT_FALSE(parse_listing(HubStyle::kHuggingFace, bad)) << bad;
    EXPECT_FALSE(parse_listing(HubStyle::kModelScope, bad)) << bad;
  }
}

TEST(Hubs, TheUsualFileIsChosen) {
  EXPECT_EQ(chosen({"README.md", "x-f16.gguf", "x-q4_k_m.gguf", "x-q8_0.gguf"}), "x-q4_k_m.gguf");
  EXPECT_EQ(chosen({"x-f16.gguf", "x.Q8_0.gguf"}), "x.Q8_0.gguf");
  EXPECT_EQ(chosen({"only.gguf", "mmproj-F16.gguf", "x.imatrix.gguf"}), "only.gguf");
  EXPECT_EQ(chosen({"x-Q4_K_M-00001-of-00002.gguf", "x-Q4_K_M-00002-of-00002.gguf", "x-Q8_0.gguf"}),
            "x-Q8_0.gguf");
  EXPECT_EQ(refused({"x-f16.gguf", "x-q5_0.gguf"}), ErrorCode::kInvalid);
  EXPECT_EQ(refused({"a-Q4_K_M.gguf", "b-Q4_K_M.gguf"}), ErrorCode::kInvalid);
  EXPECT_EQ(refused({"README.md", "model.safetensors"}), ErrorCode::kNotFound);
  EXPECT_EQ(refused({"bad\x1b[2J.gguf"}), ErrorCode::kNotFound);
  EXPECT_EQ(refused({"x-00001-of-00002.gguf", "x-00002-of-00002.gguf"}), ErrorCode::kUnsupported);
}

TEST(Hubs, TheNamedFileIsChosen) {
  EXPECT_EQ(chosen({"x-Q4_K_M.gguf", "x-Q4_K_S.gguf"}, "q4_k_s"), "x-Q4_K_S.gguf");
  EXPECT_EQ(chosen({"x-IQ4_XS.gguf", "x-Q4_XS.gguf"}, "Q4_XS"), "x-Q4_XS.gguf");
  EXPECT_EQ(refused({"x-Q4_K_M.gguf"}, "Q4_K"), ErrorCode::kNotFound);
  EXPECT_EQ(refused({"q/x-Q4_0-00001-of-00002.gguf", "y.gguf"}, "Q4_0"), ErrorCode::kUnsupported);
  EXPECT_EQ(chosen({"a/x.gguf", "b/x.gguf"}, "", "b/*"), "b/x.gguf");
  EXPECT_EQ(chosen({"a/x.gguf", "mmproj.gguf"}, "", "x.gguf"), "a/x.gguf");
  EXPECT_EQ(refused({"a/x.gguf", "b/x.gguf"}, "", "x.gguf"), ErrorCode::kInvalid);
  EXPECT_EQ(refused({"a/x.gguf"}, "", "y*"), ErrorCode::kNotFound);
}

TEST(HubRetry, WaitsAsTheHubSays) {
  using std::chrono::seconds;
  const Time now = *parse_http_date("Thu, 01 Jan 2026 00:00:00 GMT");
  auto wait = [&](int status, std::string after, int attempt = 0) {
    HubHead head;
    head.status = status;
    head.retry_after = std::move(after);
    return retry_after(head, attempt, now);
  };
  EXPECT_EQ(wait(429, "7"), seconds(7));
  EXPECT_EQ(wait(429, "0"), seconds(0));
  EXPECT_EQ(wait(429, "Thu, 01 Jan 2026 00:00:30 GMT"), seconds(30));
  EXPECT_EQ(wait(429, "Wed, 31 Dec 2025 00:00:00 GMT"), seconds(0)) << "it is over";
  EXPECT_EQ(wait(503, "1"), seconds(1));
  // Of one that does not say.
  EXPECT_EQ(wait(429, "", 0), seconds(1));
  EXPECT_EQ(wait(429, "", 4), seconds(16));
  EXPECT_FALSE(wait(503, ""));
  EXPECT_FALSE(wait(500, "1"));
  EXPECT_FALSE(wait(200, "1"));
  // Longer than somebody would wait, and more often.
  EXPECT_FALSE(wait(429, "121"));
  EXPECT_FALSE(wait(429, "Thu, 01 Jan 2026 01:00:00 GMT"));
  EXPECT_FALSE(wait(429, "99999999999999999999"));
  EXPECT_FALSE(wait(429, "soon"));
  EXPECT_FALSE(wait(429, "0", 5));
}

}  // namespace
}  // namespace lakeside::app
