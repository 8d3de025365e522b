#include "base/metrics.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <map>
#include <type_traits>
#include <variant>

namespace lakeside {
namespace {

using Metric = std::variant<Counter, Gauge, Histogram>;

struct Family {
  std::string help;
  std::size_t type;  // the index in Metric
  std::map<std::string, Metric, std::less<>> metrics;
};

template <class N>
void append_number(std::string& out, N value) {
  std::array<char, 64> text;
  if constexpr (std::is_floating_point_v<N>) {
    out.append(text.data(),
               std::to_chars(text.begin(), text.end(), value, std::chars_format::fixed).ptr);
  } else {
    out.append(text.data(), std::to_chars(text.begin(), text.end(), value).ptr);
  }
}

void append_sample(std::string& out, std::string_view name, std::string_view suffix,
                   std::string_view labels, auto value) {
  out += name;
  out += suffix;
  if (!labels.empty()) {
    out += '{';
    out += labels;
    out += '}';
  }
  out += ' ';
  append_number(out, value);
  out += '\n';
}

void append_head(std::string& out, std::string_view name, const Family& family) {
  static constexpr std::array<std::string_view, 3> kTypes = {"counter", "gauge", "histogram"};
  out += "# HELP ";
  out += name;
  out += ' ';
  for (char c : family.help) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\\') {
      out += "\\\\";
    } else {
      out += c;
    }
  }
  out += "\n# TYPE ";
  out += name;
  out += ' ';
  out += kTypes[family.type];
  out += '\n';
}

}  // namespace

void Histogram::observe(double seconds) {
  std::size_t bucket = 0;
  while (bucket < kBounds.size() && seconds > kBounds[bucket]) ++bucket;
  buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
  if (seconds > 0) {
    sum_micros_.fetch_add(static_cast<std::uint64_t>(seconds * 1e6), std::memory_order_relaxed);
  }
}

struct Metrics::Impl {
  mutable std::mutex mutex;
  std::map<std::string, Family, std::less<>> families;

  template <class M>
  M& find_or_add(std::string_view name, std::string_view help, std::string_view labels) {
    const std::size_t type = Metric(std::in_place_type<M>).index();
    std::lock_guard lock(mutex);
    auto family = families.find(name);
    if (family == families.end()) {
      family = families.emplace(std::string(name), Family{std::string(help), type, {}}).first;
    }
    assert(family->second.type == type && "one name, two types");
    auto& metrics = family->second.metrics;
    auto metric = metrics.find(labels);
    if (metric == metrics.end()) {
      metric = metrics.try_emplace(std::string(labels), std::in_place_type<M>).first;
    }
    return std::get<M>(metric->second);
  }

  static void append_histogram(std::string& out, std::string_view name, const std::string& labels,
                               const Histogram& histogram) {
    const std::string prefix = labels.empty() ? "le=\"" : labels + ",le=\"";
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < histogram.buckets_.size(); ++i) {
      count += histogram.buckets_[i].load(std::memory_order_relaxed);
      std::string bounded = prefix;
      if (i < Histogram::kBounds.size()) {
        append_number(bounded, Histogram::kBounds[i]);
      } else {
        bounded += "+Inf";
      }
      append_sample(out, name, "_bucket", bounded + '"', count);
    }
    auto micros = histogram.sum_micros_.load(std::memory_order_relaxed);
    append_sample(out, name, "_sum", labels, static_cast<double>(micros) / 1e6);
    append_sample(out, name, "_count", labels, count);
  }

  // A gauge is used even while it says zero: it may have come down to it.
  static bool used(const Metric& metric) {
    if (const auto* counter = std::get_if<Counter>(&metric)) return counter->value() != 0;
    const auto* histogram = std::get_if<Histogram>(&metric);
    return histogram == nullptr || std::ranges::any_of(histogram->buckets_, [](const auto& bucket) {
             return bucket.load(std::memory_order_relaxed) != 0;
           });
  }

  static void append_family(std::string& out, std::string_view name, const Family& family,
                            bool used_only) {
    append_head(out, name, family);
    for (const auto& [labels, metric] : family.metrics) {
      if (used_only && !used(metric)) continue;
      if (const auto* counter = std::get_if<Counter>(&metric)) {
        append_sample(out, name, "", labels, counter->value());
      } else if (const auto* gauge = std::get_if<Gauge>(&metric)) {
        append_sample(out, name, "", labels, gauge->value());
      } else {
        append_histogram(out, name, labels, std::get<Histogram>(metric));
      }
    }
  }
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

Counter& Metrics::counter(std::string_view name, std::string_view help, std::string_view labels) {
  return impl_->find_or_add<Counter>(name, help, labels);
}
Gauge& Metrics::gauge(std::string_view name, std::string_view help, std::string_view labels) {
  return impl_->find_or_add<Gauge>(name, help, labels);
}
Histogram& Metrics::histogram(std::string_view name, std::string_view help,
                              std::string_view labels) {
  return impl_->find_or_add<Histogram>(name, help, labels);
}

std::string Metrics::render(const MetricChoice& choice) const {
  std::string out;
  std::lock_guard lock(impl_->mutex);
  for (const auto& [name, family] : impl_->families) {
    const bool asked =
        choice.names.empty() || std::ranges::find(choice.names, name) != choice.names.end();
    if (asked) Impl::append_family(out, name, family, choice.used_only);
  }
  return out;
}

}  // namespace lakeside
