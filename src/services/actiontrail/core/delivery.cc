#include "services/actiontrail/core/delivery.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <isa-l/igzip_lib.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/log.h"
#include "services/actiontrail/core/event.h"

namespace lakeside::actiontrail {
namespace {

constexpr std::size_t kPerFile = 5'000;

std::string day_of(Place place) {
  return event_time(Time(std::chrono::microseconds(place))).substr(0, 10);  // 2026-11-22
}

// Files are below the day of their events.
std::string key_of(const Trail& trail, const std::string& region, Place first, std::size_t count,
                   const std::string& data) {
  const Time time(std::chrono::microseconds{first});
  std::string day = day_of(first);
  std::ranges::replace(day, '-', '/');
  std::string digits = event_time(time);
  std::erase_if(digits, [](char c) { return c < '0' || c > '9'; });
  std::string key = trail.prefix.empty() ? "" : trail.prefix + "/";
  key += "AliyunLogs/Actiontrail/" + region + "/" + day + "/Actiontrail_" + region + "_" + digits;
  key += "_1002_" + std::to_string(count) + "_" + std::to_string(data.size());
  return key + "_" + hex_lower(md5(as_bytes(data))) + ".gz";
}

// What a file has: the events of one day, as far as the trail wants them.
struct File {
  std::string json = "[";
  std::size_t count = 0;
  Place first = 0;
  Place last = 0;  // looked at

  void add(const Found& event) {
    if (count++ == 0) first = event.place;
    json += (json.size() > 1 ? ",\n" : "") + event.json;
  }
};

File file_of(const Trail& trail, const std::vector<Found>& events) {
  File file;
  for (const Found& event : events) {
    const bool wanted =
        trail.event_rw == "All" || has_attribute(event.json, "EventRW", trail.event_rw);
    if (wanted && file.count > 0 && day_of(file.first) != day_of(event.place)) break;
    file.last = event.place;
    if (wanted) file.add(event);
  }
  file.json += "]";
  return file;
}

// Up to where a trail delivers: what came after it was stopped is none of its.
Place end_of(const Trail& trail) {
  if (trail.logging) return std::numeric_limits<Place>::max();
  return trail.stopped ? trail.stopped->time_since_epoch().count() : 0;
}

}  // namespace

std::string gzip(const std::string& data) {
  std::string out(data.size() + data.size() / 2 + 4096, '\0');
  isal_zstream stream;
  isal_deflate_stateless_init(&stream);
  stream.gzip_flag = IGZIP_GZIP;
  stream.end_of_stream = 1;
  stream.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<std::uint32_t>(data.size());
  stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
  stream.avail_out = static_cast<std::uint32_t>(out.size());
  if (isal_deflate_stateless(&stream) != COMP_OK) return {};
  out.resize(stream.total_out);
  return out;
}

Task<Result<std::size_t>> Delivery::deliver(const std::string& account) {
  if (busy_.exchange(true)) co_return std::size_t{0};
  auto delivered = co_await deliver_all(account);
  busy_ = false;
  co_return delivered;
}

Task<Result<std::size_t>> Delivery::deliver_all(const std::string& account) {
  auto trails = co_await trails_.list(account);
  if (!trails) co_return std::unexpected(trails.error());
  std::size_t total = 0;
  for (const Trail& trail : *trails) {
    while (true) {
      auto some = co_await deliver_some(account, trail);
      if (!some) co_return std::unexpected(some.error());
      total += *some;
      if (*some == 0) break;
    }
  }
  co_return total;
}

// One file. How many events were looked at.
Task<Result<std::size_t>> Delivery::deliver_some(const std::string& account, const Trail& trail) {
  if (!trail.started) co_return std::size_t{0};
  auto progress = co_await trails_.progress(account, trail.name);
  if (!progress) co_return std::unexpected(progress.error());
  Query query;
  query.newest_first = false;
  query.from = std::max<Place>(progress->delivered + 1, trail.started->time_since_epoch().count());
  query.to = end_of(trail);
  query.most = kPerFile;
  if (query.from >= query.to) co_return std::size_t{0};
  auto page = co_await journal_.find(account, query);
  if (!page) co_return std::unexpected(page.error());
  if (page->events.empty()) co_return std::size_t{0};

  File file = file_of(trail, page->events);
  if (file.count > 0) {
    const std::string data = gzip(file.json);
    const std::string key = key_of(trail, journal_.options().region, file.first, file.count, data);
    Status put = co_await buckets_.put(account, trail.bucket, key, data);
    progress->error = put ? "" : put.error().detail;
    if (!put) {
      log(LogLevel::kWarn, "a trail's events were not delivered",
          {{"trail", trail.name}, {"bucket", trail.bucket}, {"why", put.error().detail}});
      Status noted = co_await trails_.put_progress(account, trail.name, *progress);
      if (!noted) co_return std::unexpected(noted.error());
      co_return std::size_t{0};
    }
    progress->latest = clock_.now();
  }
  progress->delivered = file.last;
  Status noted = co_await trails_.put_progress(account, trail.name, *progress);
  if (!noted) co_return std::unexpected(noted.error());
  co_return std::max<std::size_t>(file.count, 1);
}

}  // namespace lakeside::actiontrail
