#include "gateway/pipeline/access_log.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "base/encoding.h"

namespace lakeside::gateway {
namespace {

constexpr std::chrono::milliseconds kWriteEvery{200};
constexpr std::size_t kWriteAt = 64 << 10;
// A log reader that stalls must not make the server's memory grow: beyond this, lines are lost.
constexpr std::size_t kMostPending = 8 << 20;
constexpr std::size_t kLongestValue = 512;

// Control characters, quotes and anything that is not plain ASCII become %XX: a client's bytes
// cannot forge a line, in either format.
void append_clean(std::string& out, std::string_view value) {
  if (value.empty()) {
    out += '-';
    return;
  }
  for (char c : value.substr(0, kLongestValue)) {
    auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7F || c == '"' || c == '\\') {
      std::byte raw{byte};
      out += '%';
      out += hex_upper({&raw, 1});
    } else {
      out += c;
    }
  }
}

class Line {
 public:
  explicit Line(LogFormat format) : json_(format == LogFormat::kJson) {
    text_.reserve(320);
    if (json_) text_ += '{';
  }
  void text(std::string_view key, std::string_view value) {
    begin(key);
    if (json_) text_ += '"';
    append_clean(text_, value);
    if (json_) text_ += '"';
  }
  void number(std::string_view key, std::uint64_t value) {
    begin(key);
    text_ += std::to_string(value);
  }
  std::string end() {
    text_ += json_ ? "}\n" : "\n";
    return std::move(text_);
  }

 private:
  void begin(std::string_view key) {
    if (text_.size() > 1) text_ += json_ ? ',' : ' ';
    if (json_) {
      text_ += '"';
      text_ += key;
      text_ += "\":";
    } else if (key != "time") {
      text_ += key;
      text_ += '=';
    }
  }

  const bool json_;
  std::string text_;
};

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      return;  // there is nowhere to report this
    }
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace

std::string format_access(LogFormat format, const http::Request& request,
                          const http::Response& response, const http::Exchange& exchange,
                          const AccessRecord& record) {
  Line line(format);
  line.text("time", format_log_time(request.received));
  line.text("id", request.id);
  line.text("peer", request.peer);
  line.text("principal", record.principal);
  line.text("key", record.access_key_id);
  line.text("service", record.service);
  line.text("operation", record.operation);
  line.text("method", request.head.method);
  line.text("path", request.head.raw_path);
  line.number("status", static_cast<std::uint64_t>(exchange.status));
  if (!response.error_code.empty()) line.text("error", response.error_code);
  line.number("in", exchange.bytes_in);
  line.number("out", exchange.bytes_out);
  line.number("first_us", static_cast<std::uint64_t>(exchange.first_byte.count()));
  line.number("total_us", static_cast<std::uint64_t>(exchange.total.count()));
  if (exchange.aborted) line.number("aborted", 1);
  return line.end();
}

AccessLog::AccessLog(int fd, LogFormat format)
    : fd_(fd), format_(format), writer_([this] { run(); }) {}

AccessLog::~AccessLog() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  writer_.join();
}

void AccessLog::add(const http::Request& request, const http::Response& response,
                    const http::Exchange& exchange, const AccessRecord& record) {
  std::string line = format_access(format_, request, response, exchange, record);
  std::lock_guard lock(mutex_);
  if (pending_.size() + line.size() > kMostPending) return;
  bool was_below = pending_.size() < kWriteAt;
  pending_ += line;
  if (was_below && pending_.size() >= kWriteAt) wake_.notify_one();
}

void AccessLog::run() {
  std::unique_lock lock(mutex_);
  std::string batch;
  while (true) {
    wake_.wait_for(lock, kWriteEvery, [this] { return stopping_ || pending_.size() >= kWriteAt; });
    batch.clear();
    batch.swap(pending_);
    bool last = stopping_;
    lock.unlock();
    write_all(fd_, batch);
    lock.lock();
    if (last && pending_.empty()) return;
  }
}

}  // namespace lakeside::gateway
