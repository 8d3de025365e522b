#include "services/modelstudio/core/file_store.h"

#include <gtest/gtest.h>

#include "engines/memory/memory_kv.h"
#include "services/modelstudio/core/file_records.h"
#include "services/modelstudio/core/tests/memory_objects.h"

namespace lakeside::modelstudio {
namespace {

using std::chrono::seconds;

class FileStoreTest : public testing::Test {
 protected:
  // One second after the one before.
  ObjectResult<StoredFile> add(const NewFile& file, std::string_view data = "{}\n") {
    clock_.set(clock_.now() + seconds(1));
    StringReader source(data);
    return run_blocking(files_->add(file, source));
  }
  StoredFile made(const std::string& name, const std::string& purpose = "batch") {
    return *add({.workspace = "default", .purpose = purpose, .filename = name});
  }
  ObjectFault find_fault(const std::string& workspace, const std::string& id) {
    return run_blocking(files_->find(workspace, id)).error().fault;
  }
  std::string names(const FileStore::ListOptions& options) {
    auto page = run_blocking(files_->list("default", options));
    std::string all;
    for (const StoredFile& file : page->files) all += file.filename;
    return page->more ? all + "+" : all;
  }

  ManualClock clock_{*parse_iso8601("2026-11-21T23:15:09Z")};
  std::unique_ptr<engines::Kv> kv_ = engines::make_memory_kv();
  MemoryObjects objects_;
  std::unique_ptr<FileStore> files_ = FileStore::create(*kv_, objects_, clock_);
};

TEST_F(FileStoreTest, AFileIsFoundAndItsDataIsAnObject) {
  auto file = add({.workspace = "default",
                   .purpose = "batch",
                   .filename = "a/b.jsonl",
                   .content_type = "text/plain",
                   .description = "two lines"},
                  "1\n2\n");
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->id.starts_with("file-"));
  EXPECT_EQ(file->bytes, 4U);
  EXPECT_EQ(file->object.bucket, "modelstudio");
  EXPECT_EQ(file->object.key, "files/default/" + file->id + "/a_b.jsonl");
  EXPECT_EQ(objects_.text(file->object), "1\n2\n");

  auto found = run_blocking(files_->find("default", file->id));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->filename, "a/b.jsonl");
  EXPECT_EQ(found->description, "two lines");
  EXPECT_EQ(found->purpose, "batch");
  EXPECT_EQ(found->created, clock_.now());
  EXPECT_FALSE(found->expires);
  EXPECT_EQ(run_blocking(files_->open(*found))->bytes, 4U);
}

TEST_F(FileStoreTest, WorkspacesDoNotSeeEachOther) {
  StoredFile file = made("a");
  EXPECT_EQ(find_fault("other", file.id), ObjectFault::kNoSuchObject);
  EXPECT_TRUE(run_blocking(files_->list("other", {}))->files.empty());
  EXPECT_TRUE(run_blocking(files_->list("defaul", {}))->files.empty());
  EXPECT_EQ(run_blocking(files_->remove("other", file.id)).error().fault,
            ObjectFault::kNoSuchObject);
  EXPECT_TRUE(objects_.text(file.object));
}

TEST_F(FileStoreTest, ListsInPagesInBothOrders) {
  StoredFile a = made("a");
  made("b", "assistants");
  StoredFile c = made("c");
  StoredFile d = made("d");
  EXPECT_EQ(names({}), "dcba");
  EXPECT_EQ(names({.limit = 2}), "dc+");
  EXPECT_EQ(names({.after = c.id, .limit = 2}), "ba");
  EXPECT_EQ(names({.newest_first = false}), "abcd");
  EXPECT_EQ(names({.limit = 2, .newest_first = false}), "ab+");
  EXPECT_EQ(names({.after = a.id, .limit = 2, .newest_first = false}), "bc+");
  EXPECT_EQ(names({.after = d.id, .newest_first = false}), "");
  EXPECT_EQ(names({.purpose = "assistants"}), "b");
  EXPECT_EQ(names({.purpose = "batch", .limit = 2}), "dc+");
  EXPECT_EQ(names({.purpose = "batch", .limit = 3}), "dca");
}

TEST_F(FileStoreTest, RemovesRecordAndObject) {
  StoredFile file = made("a");
  ASSERT_TRUE(run_blocking(files_->remove("default", file.id)));
  EXPECT_EQ(find_fault("default", file.id), ObjectFault::kNoSuchObject);
  EXPECT_TRUE(objects_.all.empty());
}

TEST_F(FileStoreTest, AnUploadIsNoFileUntilItIsPublished) {
  NewFile file{.workspace = "default", .filename = "a"};
  StringReader source("12");
  auto uploaded = run_blocking(files_->upload(file, source));
  ASSERT_TRUE(uploaded);
  EXPECT_EQ(objects_.text(uploaded->object), "12");
  EXPECT_EQ(names({}), "");
  uploaded->purpose = "batch";
  ASSERT_TRUE(run_blocking(files_->publish(*uploaded)));
  EXPECT_EQ(names({.purpose = "batch"}), "a");

  StringReader again("12");
  uploaded = run_blocking(files_->upload(file, again));
  run_blocking(files_->discard(*uploaded));
  EXPECT_EQ(objects_.all.size(), 1U);
}

TEST_F(FileStoreTest, ClearsItsRecords) {
  made("a");
  made("b");
  ASSERT_TRUE(run_blocking(files_->clear()));
  EXPECT_EQ(names({}), "");
}

TEST_F(FileStoreTest, WhatHasExpiredIsGone) {
  made("stays");
  auto file = add({.workspace = "default",
                   .purpose = "batch",
                   .filename = "goes",
                   .expires = clock_.now() + seconds(10)});
  EXPECT_EQ(run_blocking(files_->remove_expired()), 0U);
  clock_.set(clock_.now() + seconds(10));
  EXPECT_EQ(find_fault("default", file->id), ObjectFault::kNoSuchObject);
  EXPECT_EQ(names({}), "stays");
  EXPECT_EQ(run_blocking(files_->remove_expired()), 1U);
  EXPECT_EQ(objects_.all.size(), 1U);
  EXPECT_EQ(run_blocking(files_->remove_expired()), 0U);
}

TEST_F(FileStoreTest, WhatIsRefusedLeavesNothing) {
  auto fault = [&](NewFile file, std::string_view data) {
    file.workspace = "default";
    return add(file, data).error().fault;
  };
  EXPECT_EQ(fault({.filename = "a", .max_bytes = 3}, "1234"), ObjectFault::kTooLarge);
  EXPECT_EQ(fault({.filename = ""}, "1"), ObjectFault::kInvalidName);
  EXPECT_EQ(fault({.filename = std::string(256, 'a')}, "1"), ObjectFault::kInvalidName);
  EXPECT_EQ(fault({.filename = "a\nb"}, "1"), ObjectFault::kInvalidName);
  EXPECT_EQ(fault({.filename = "\xff"}, "1"), ObjectFault::kInvalidName);
  objects_.refuse = ObjectError{ObjectFault::kNoSpace, {}};
  EXPECT_EQ(fault({.filename = "a"}, "1"), ObjectFault::kNoSpace);
  EXPECT_EQ(names({}), "");
  EXPECT_TRUE(objects_.all.empty());
}

TEST_F(FileStoreTest, IdsThatAreNoneAreNotFound) {
  EXPECT_EQ(find_fault("default", ""), ObjectFault::kNoSuchObject);
  EXPECT_EQ(find_fault("default", std::string(5000, 'a')), ObjectFault::kNoSuchObject);
}

TEST_F(FileStoreTest, ARecordThatIsNoneIsCorrupt) {
  EXPECT_EQ(decode_file("{").error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(decode_file("{\"v\":1}").error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(decode_file("{\"v\":2}").error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace lakeside::modelstudio
