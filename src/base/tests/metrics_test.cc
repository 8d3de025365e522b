#include "base/metrics.h"

#include <thread>

#include <gtest/gtest.h>

namespace lakeside {
namespace {

TEST(Metrics, SameNameAndLabelsIsTheSameObject) {
  Metrics metrics;
  Counter& a = metrics.counter("requests", "Requests.", R"(op="Get")");
  EXPECT_EQ(&a, &metrics.counter("requests", "Requests.", R"(op="Get")"));
  EXPECT_NE(&a, &metrics.counter("requests", "Requests.", R"(op="Put")"));
}

TEST(Metrics, Render) {
  Metrics metrics;
  metrics.gauge("z_open", "Open\nthings \\.").set(-3);
  metrics.counter("a_total", "All.", R"(op="Put")").add(2);
  metrics.counter("a_total", "All.", R"(op="Get")").add();
  metrics.counter("a_plain", "Plain.");
  EXPECT_EQ(metrics.render(),
            "# HELP a_plain Plain.\n# TYPE a_plain counter\na_plain 0\n"
            "# HELP a_total All.\n# TYPE a_total counter\n"
            "a_total{op=\"Get\"} 1\na_total{op=\"Put\"} 2\n"
            "# HELP z_open Open\\nthings \\\\.\n# TYPE z_open gauge\nz_open -3\n");
}

TEST(Metrics, RenderOfNamesIsExact) {
  Metrics metrics;
  metrics.counter("b_total", "B.").add(2);
  metrics.counter("a_total", "A.").add();
  metrics.counter("a_total_more", "More.");
  metrics.histogram("t", "Time.").observe(1);
  const std::string a = "# HELP a_total A.\n# TYPE a_total counter\na_total 1\n";
  EXPECT_EQ(metrics.render({.names = {"a_total"}}), a);
  EXPECT_EQ(metrics.render({.names = {"b_total", "a_total", "a_total"}}),
            a + "# HELP b_total B.\n# TYPE b_total counter\nb_total 2\n");
  EXPECT_EQ(metrics.render({.names = {"", "a", "t_count", "A_total"}}), "");
  EXPECT_TRUE(metrics.render({.names = {"t"}}).ends_with("t_count 1\n"));
  EXPECT_EQ(metrics.render({}), metrics.render());
}

TEST(Metrics, RenderOfWhatIsUsed) {
  Metrics metrics;
  metrics.counter("c", "C.", R"(op="Get")").add();
  metrics.counter("c", "C.", R"(op="Put")");
  metrics.gauge("g", "G.").set(0);
  metrics.histogram("t", "Time.", R"(op="Get")").observe(100);
  metrics.histogram("t", "Time.", R"(op="Put")");
  const std::string text = metrics.render({.used_only = true});
  EXPECT_NE(text.find("c{op=\"Get\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("g 0\n"), std::string::npos);
  EXPECT_NE(text.find("t_count{op=\"Get\"} 1\n"), std::string::npos);
  EXPECT_EQ(text.find("Put"), std::string::npos) << text;
}

TEST(Metrics, Histogram) {
  Metrics metrics;
  Histogram& histogram = metrics.histogram("t", "Time.", R"(op="Get")");
  histogram.observe(0.0001);  // a bound belongs to its bucket
  histogram.observe(0.25);
  histogram.observe(100);
  std::string text = metrics.render();
  EXPECT_TRUE(
      text.starts_with("# HELP t Time.\n# TYPE t histogram\n"
                       "t_bucket{op=\"Get\",le=\"0.0001\"} 1\n"
                       "t_bucket{op=\"Get\",le=\"0.0005\"} 1\n"))
      << text;
  EXPECT_NE(text.find("t_bucket{op=\"Get\",le=\"0.1\"} 1\nt_bucket{op=\"Get\",le=\"0.5\"} 2\n"),
            std::string::npos);
  EXPECT_TRUE(
      text.ends_with("t_bucket{op=\"Get\",le=\"30\"} 2\n"
                     "t_bucket{op=\"Get\",le=\"+Inf\"} 3\n"
                     "t_sum{op=\"Get\"} 100.2501\nt_count{op=\"Get\"} 3\n"))
      << text;
}

TEST(Metrics, FromManyThreads) {
  Metrics metrics;
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        metrics.counter("c", "").add();
        metrics.histogram("h", "").observe(0.001);
        if (i % 100 == 0) (void)metrics.render();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(metrics.counter("c", "").value(), 4000u);
}

}  // namespace
}  // namespace lakeside
