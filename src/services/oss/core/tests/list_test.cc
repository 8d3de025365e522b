// Listings against a naive model of what S3 and OSS say they give.
#include <map>
#include <random>
#include <set>

#include "services/oss/core/tests/fixture.h"

namespace lakeside::oss {
namespace {

struct Model {
  std::set<std::string> keys;

  // The names that a listing shows, in order: keys and common prefixes (true).
  [[nodiscard]] std::map<std::string, bool> names(const ListOptions& options) const {
    std::map<std::string, bool> names;
    for (const std::string& key : keys) {
      if (!key.starts_with(options.prefix)) continue;
      std::size_t at = options.delimiter.empty()
                           ? std::string::npos
                           : key.find(options.delimiter, options.prefix.size());
      if (at == std::string::npos) {
        names.emplace(key, false);
      } else {
        names.emplace(key.substr(0, at + options.delimiter.size()), true);
      }
    }
    if (options.after.empty()) return names;
    std::erase_if(names, [&](const auto& name) {
      // Behind a common prefix lies all of it.
      return name.first <= options.after;
    });
    return names;
  }
};

class List : public StoreTest {
 protected:
  void add(const std::string& key) {
    ASSERT_TRUE(put(key, "x"));
    model_.keys.insert(key);
  }
  void expect_page(const ListOptions& options) {
    ListPage page = list(options);
    std::vector<std::pair<std::string, bool>> got;
    for (const auto& entry : page.entries) got.emplace_back(entry.key, entry.is_prefix);
    auto names = model_.names(options);
    std::vector<std::pair<std::string, bool>> expected(names.begin(), names.end());
    bool truncated = expected.size() > options.max_keys && options.max_keys != 0;
    if (expected.size() > options.max_keys) expected.resize(options.max_keys);
    EXPECT_EQ(got, expected) << "prefix " << options.prefix << " delimiter " << options.delimiter
                             << " after " << options.after << " max " << options.max_keys;
    EXPECT_EQ(page.truncated, truncated);
    EXPECT_EQ(page.next_after, truncated ? expected.back().first : "");
  }

  Model model_;
};

TEST_F(List, Entries) {
  PutOptions options;
  options.owner = "me";
  options.storage_class = StorageClass::kIa;
  auto info = put("a", "data", options);
  ASSERT_TRUE(info);
  ListPage page = list({});
  ASSERT_EQ(page.entries.size(), 1u);
  const ListPage::Entry& entry = page.entries[0];
  EXPECT_EQ(entry.key, "a");
  EXPECT_EQ(entry.size, 4u);
  EXPECT_EQ(entry.modified, info->modified);
  EXPECT_EQ(entry.etag, info->etag);
  EXPECT_EQ(entry.type, ObjectType::kNormal);
  EXPECT_EQ(entry.storage_class, StorageClass::kIa);
  EXPECT_EQ(entry.owner, "me");
}

TEST_F(List, AfterWithinACommonPrefix) {
  for (const char* key : {"a/1", "a/2", "a/3", "b", "c/1", "c/2"}) add(key);
  expect_page({"", "/", "a/1", 100});  // all of a/ is behind
  expect_page({"", "/", "a/", 100});
  expect_page({"", "/", "b", 100});
  expect_page({"a/", "/", "a/1", 100});
  expect_page({"", "", "a/1", 100});
  expect_page({"", "/", "", 1});
  expect_page({"", "/", "", 2});
  expect_page({"", "/", "", 0});
  expect_page({"", "/", "zzz", 10});
  expect_page({"b", "/", "c", 10});
}

TEST_F(List, GroupsLongEnoughToSeek) {
  for (int group = 0; group < 5; ++group) {
    for (int i = 0; i < 40; ++i) add("g" + std::to_string(group) + "/" + std::to_string(i));
  }
  add("g2.");
  add("g4");
  for (std::uint32_t max = 0; max < 9; ++max) expect_page({"", "/", "", max});
  expect_page({"g", "/", "g1/", 3});
}

TEST_F(List, RandomAgainstTheModel) {
  std::mt19937 random(20261121);
  const std::string alphabet = "ab/-";
  auto word = [&](std::size_t most) {
    std::string text;
    for (std::size_t n = random() % (most + 1); n > 0; --n) {
      text += random() % 12 == 0 ? "é" : std::string(1, alphabet[random() % alphabet.size()]);
    }
    return text;
  };
  for (int i = 0; i < 250; ++i) {
    std::string key = word(7);
    if (!key.empty() && !model_.keys.contains(key)) add(key);
  }
  for (int i = 0; i < 3000; ++i) {
    ListOptions options;
    options.prefix = random() % 2 == 0 ? word(3) : "";
    options.delimiter = random() % 3 == 0 ? word(2) : random() % 2 == 0 ? "/" : "";
    options.after = random() % 3 == 0 ? word(6) : "";
    options.max_keys = random() % 3 == 0 ? 1000 : random() % 8;
    // What lies in a common prefix counts as the prefix itself.
    ListOptions asked = options;
    std::size_t at = options.delimiter.empty() || !options.after.starts_with(options.prefix)
                         ? std::string::npos
                         : options.after.find(options.delimiter, options.prefix.size());
    if (at != std::string::npos) {
      options.after.resize(at + options.delimiter.size());
    }
    ListPage direct = list(asked);
    expect_page(options);
    std::vector<std::string> a, b;
    for (const auto& entry : direct.entries) a.emplace_back(entry.key);
    for (const auto& entry : list(options).entries) b.emplace_back(entry.key);
    EXPECT_EQ(a, b);
    if (HasFailure()) return;
  }
}

TEST_F(List, PagesJoinToTheWhole) {
  std::mt19937 random(3);
  for (int i = 0; i < 300; ++i) {
    std::string key = std::to_string(random() % 20) + "/" + std::to_string(random() % 50);
    if (random() % 4 == 0) key = std::to_string(random() % 1000);
    if (!model_.keys.contains(key)) add(key);
  }
  for (const char* delimiter : {"", "/", "1"}) {
    for (std::uint32_t max : {1u, 2u, 7u, 100u}) {
      ListOptions options{"", delimiter, "", max};
      std::vector<std::string> all;
      while (true) {
        ListPage page = list(options);
        for (const auto& entry : page.entries) all.emplace_back(entry.key);
        if (!page.truncated) break;
        options.after = page.next_after;
      }
      std::vector<std::string> expected;
      for (const auto& [name, is_prefix] : model_.names({"", delimiter, "", max})) {
        expected.push_back(name);
      }
      EXPECT_EQ(all, expected);
    }
  }
}

}  // namespace
}  // namespace lakeside::oss
