#include "services/modelstudio/core/job_store.h"

#include <gtest/gtest.h>

#include "engines/memory/memory_kv.h"
#include "services/modelstudio/core/line_reader.h"
#include "services/modelstudio/core/tests/memory_objects.h"

namespace lakeside::modelstudio {
namespace {

const Time kNow = *parse_iso8601("2026-11-21T23:15:09Z");

Job batch(std::chrono::seconds after, const std::string& workspace = "default") {
  Job job;
  job.id = new_batch_id(kNow + after);
  job.workspace = workspace;
  job.created = kNow + after;
  job.expires = job.created + std::chrono::hours(24);
  return job;
}

class Jobs : public testing::Test {
 protected:
  void add(const Job& job, const std::string& request = {}) {
    ASSERT_TRUE(run_blocking(store_.create(job, request)));
  }
  std::vector<std::string> listed(const std::string& after, std::size_t skip, std::size_t limit) {
    std::function<bool(const Job&)> all = [](const Job&) { return true; };
    auto page = run_blocking(store_.list("default", false, after, skip, limit, all));
    std::vector<std::string> ids;
    for (const Job& job : page->jobs) ids.push_back(job.id);
    more_ = page->more;
    return ids;
  }

  std::unique_ptr<engines::Kv> kv_ = engines::make_memory_kv();
  JobStore store_{*kv_};
  bool more_ = false;
};

TEST_F(Jobs, KeepAllThatTheyHave) {
  Job job = batch(std::chrono::seconds(0));
  job.kind = Job::Kind::kFileTask;
  job.key_id = "key-1";
  job.status = JobStatus::kCancelling;
  job.outcome = JobStatus::kCancelled;
  job.path = "/v1/embeddings";
  job.model = "m";
  job.parameters = "{}";
  job.input = "file-1";
  job.input_object = {"b", "k"};
  job.input_etag = "e";
  job.window = "24h";
  job.output_prefix = "oss://b/out/";
  job.output_object = {"b", "out/"};
  job.output_seconds = 3600;
  job.metadata = {{"a", "1"}, {"b", ""}};
  job.counts = {3, 2, 1};
  job.usage = {5, 4, 3};
  job.output_file = "file-2";
  job.error_file = "file-3";
  job.errors = {{"c", "m", "p", 7}, {"d", "n", "", {}}};
  job.in_progress = kNow;
  job.ended = kNow;
  auto read = decode_job(encode_job(job));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(encode_job(*read), encode_job(job));
  EXPECT_EQ(read->errors[0].line, 7U);
  EXPECT_FALSE(read->finalizing);
  EXPECT_FALSE(decode_job("{}"));
  EXPECT_FALSE(decode_job(R"({"v":2})"));
}

TEST_F(Jobs, AreFoundInTheirWorkspaceAlone) {
  Job job = batch(std::chrono::seconds(0));
  add(job);
  EXPECT_TRUE(run_blocking(store_.find({"default", job.id}))->has_value());
  EXPECT_FALSE(run_blocking(store_.find({"other", job.id}))->has_value());
  for (const char* id :
       {"", "batch_", "batch_xyz", "../a", "batch_0123456789ABCDEF0123456789abcdef"})
    EXPECT_FALSE(run_blocking(store_.find({"default", id}))->has_value()) << id;
}

TEST_F(Jobs, AreListedTheNewestFirst) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    Job job = batch(std::chrono::seconds(i));
    ids.insert(ids.begin(), job.id);
    add(job);
  }
  add(batch(std::chrono::seconds(9), "other"));
  EXPECT_EQ(listed({}, 0, 10), ids);
  EXPECT_FALSE(more_);
  EXPECT_EQ(listed({}, 0, 2), (std::vector<std::string>{ids[0], ids[1]}));
  EXPECT_TRUE(more_);
  EXPECT_EQ(listed(ids[1], 0, 3), (std::vector<std::string>{ids[2], ids[3], ids[4]}));
  EXPECT_FALSE(more_);
  EXPECT_EQ(listed({}, 3, 3), (std::vector<std::string>{ids[3], ids[4]}));
}

TEST_F(Jobs, AreActiveUntilTheyAreSettled) {
  Job job = batch(std::chrono::seconds(0));
  add(job, "request");
  EXPECT_EQ(*run_blocking(store_.request(job.id)), "request");
  ASSERT_EQ(run_blocking(store_.active())->size(), 1U);
  EXPECT_EQ(run_blocking(store_.active())->front().id, job.id);
  ASSERT_TRUE(run_blocking(store_.settle({"default", job.id})));
  EXPECT_TRUE(run_blocking(store_.active())->empty());
  EXPECT_EQ(*run_blocking(store_.request(job.id)), "");
}

TEST_F(Jobs, ChangeAgainWhereSomebodyWasFaster) {
  Job job = batch(std::chrono::seconds(0));
  add(job);
  int edits = 0;
  std::function<bool(Job&)> quick = [](Job& one) {
    one.model = "quick";
    return true;
  };
  std::function<bool(Job&)> slow = [&](Job& one) {
    if (++edits == 1) {
      EXPECT_TRUE(run_blocking(store_.change({"default", job.id}, quick)));
    }
    one.input = "slow";
    return true;
  };
  auto changed = run_blocking(store_.change({"default", job.id}, slow));
  EXPECT_EQ(edits, 2);
  EXPECT_EQ((*changed)->model, "quick");
  EXPECT_EQ((*changed)->input, "slow");
}

TEST_F(Jobs, KeepResultsOfAnySize) {
  const std::string id = batch(std::chrono::seconds(0)).id;
  const std::string large(20 << 20, 'x');
  ASSERT_TRUE(run_blocking(store_.put_line(id, 2, {true, {1, 2, 3}, large})));
  ASSERT_TRUE(run_blocking(store_.put_line(id, 1, {false, {}, "a\nb"})));
  ASSERT_TRUE(run_blocking(store_.put_line(id, 1, {false, {}, "c\nd"})));
  EXPECT_EQ((*run_blocking(store_.line(id, 1)))->text, "c\nd");
  EXPECT_EQ((*run_blocking(store_.line(id, 2)))->text, large);
  EXPECT_FALSE(run_blocking(store_.line(id, 3))->has_value());
  auto done = run_blocking(store_.lines_done(id));
  ASSERT_EQ(done->size(), 2U);
  EXPECT_FALSE(done->front().ok);
  EXPECT_EQ(done->back().number, 2U);
  EXPECT_EQ(done->back().usage.output_tokens, 3U);
  ASSERT_TRUE(run_blocking(store_.forget_lines(id)));
  EXPECT_TRUE(run_blocking(store_.lines_done(id))->empty());
  EXPECT_FALSE(run_blocking(store_.line(id, 2))->has_value());
}

TEST_F(Jobs, TasksAreFoundByTheirAge) {
  std::vector<std::string> ids;
  for (int hour : {0, 1, 2}) {
    Job job = batch(std::chrono::hours(hour));
    job.kind = Job::Kind::kTask;
    job.id = new_task_id(job.created);
    ids.push_back(job.id);
    add(job, "{}");
  }
  add(batch(std::chrono::seconds(0)));
  auto old = run_blocking(store_.tasks_before(kNow + std::chrono::minutes(90), 10));
  ASSERT_EQ(old->size(), 2U);
  EXPECT_EQ((*old)[1].id, ids[1]);
  ASSERT_TRUE(run_blocking(store_.remove((*old)[0])));
  EXPECT_EQ(run_blocking(store_.tasks_before(kNow + std::chrono::minutes(90), 10))->size(), 1U);
  EXPECT_FALSE(run_blocking(store_.find({"default", ids[0]}))->has_value());
}

TEST_F(Jobs, AreForgottenAtAReset) {
  Job job = batch(std::chrono::seconds(0));
  add(job);
  ASSERT_TRUE(run_blocking(store_.put_line(job.id, 1, {true, {}, "x"})));
  ASSERT_TRUE(run_blocking(store_.clear()));
  EXPECT_FALSE(run_blocking(store_.find({"default", job.id}))->has_value());
  EXPECT_TRUE(run_blocking(store_.active())->empty());
  EXPECT_TRUE(run_blocking(store_.lines_done(job.id))->empty());
}

std::vector<std::string> lines_of(const std::string& text) {
  MemoryObjects objects;
  StringReader source(text);
  EXPECT_TRUE(run_blocking(objects.put({"b", "k"}, "", source, 1 << 20)));
  LineReader reader(std::move(*run_blocking(objects.open({"b", "k"}, 0))), 1 << 17);
  std::vector<std::string> lines;
  while (true) {
    auto line = run_blocking(reader.next());
    if (!line) lines.emplace_back("error");
    if (!line || !*line) return lines;
    lines.push_back(**line);
    EXPECT_EQ(reader.number(), lines.size());
  }
}

TEST(LineReader, FindsLines) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(lines_of(""), Lines());
  EXPECT_EQ(lines_of("a"), Lines({"a"}));
  EXPECT_EQ(lines_of("a\n"), Lines({"a"}));
  EXPECT_EQ(lines_of("a\r\n\nb"), Lines({"a", "", "b"}));
  const std::string large(100'000, 'x');
  EXPECT_EQ(lines_of(large + "\n" + large), Lines({large, large}));
  EXPECT_EQ(lines_of(std::string(1 << 19, 'x')), Lines({"error"}));
}

}  // namespace
}  // namespace lakeside::modelstudio
