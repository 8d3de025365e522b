#include "gateway/http/tests/test_server.h"

#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include <gtest/gtest.h>

namespace lakeside::http {
namespace {

using namespace std::chrono_literals;
constexpr auto kPatience = 30s;

// A pattern of `size` bytes in pieces, from memory or from a file, that may break.
class PatternSource final : public SegmentSource {
 public:
  PatternSource(std::uint64_t size, Progress& produced, std::shared_ptr<FileHandle> file = nullptr,
                bool breaks = false)
      : size_(size), produced_(produced), file_(std::move(file)), breaks_(breaks) {}

  Task<Result<std::optional<Segment>>> next() override {
    std::size_t n = std::min<std::uint64_t>(size_ - offset_, kPiece);
    if (n == 0 && breaks_) co_return fail(ErrorCode::kIo, "broken on purpose");
    if (n == 0) co_return std::nullopt;
    produced_.add(n);
    std::uint64_t at = offset_;
    offset_ += n;
    if (file_) co_return Segment(FileSlice{file_, at, n});
    Chunk chunk = Chunk::allocate(n);
    std::string bytes = pattern(at, n);
    std::memcpy(chunk.free_space().data(), bytes.data(), n);
    chunk.extend(n);
    co_return Segment(std::move(chunk));
  }

 private:
  static constexpr std::size_t kPiece = 100'000;
  std::uint64_t size_;
  std::uint64_t offset_ = 0;
  Progress& produced_;
  std::shared_ptr<FileHandle> file_;
  bool breaks_;
};

Response text(std::string body, int status = 200) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", "text/plain");
  response.body = std::move(body);
  return response;
}

std::string show(const Request& request) {
  std::string out(request.head.method);
  out += ' ';
  out += request.head.raw_path;
  for (const QueryParam& param : request.head.query) {
    out += ' ' + param.name + (param.has_value ? "=" + param.value : "");
  }
  for (const Header& header : request.head.headers) {
    out += '\n' + std::string(header.name) + "=" + std::string(header.value);
  }
  out += "\nid=" + request.id + "\npeer=" + request.peer + (request.tls ? "\ntls" : "");
  auto length = request.body->length();
  out += "\nlength=" + (length ? std::to_string(*length) : "unknown");
  return out;
}

}  // namespace

std::string pattern(std::uint64_t offset, std::size_t n) {
  std::string bytes;
  bytes.reserve(n + 16);
  for (std::uint64_t block = offset / 8; bytes.size() < n + offset % 8; ++block) {
    std::uint64_t x = (block + 1) * 0x9e3779b97f4a7c15ULL;
    bytes.append(reinterpret_cast<const char*>(&x), sizeof(x));
  }
  return bytes.substr(offset % 8, n);
}

bool Gate::hold(std::coroutine_handle<> coroutine) {
  std::lock_guard lock(mutex_);
  if (open_) return false;
  home_ = &Executor::current();
  waiting_ = coroutine;
  arrival_.notify_all();
  return true;
}

void Gate::open() {
  std::lock_guard lock(mutex_);
  open_ = true;
  if (waiting_) home_->post(std::exchange(waiting_, nullptr));
}

void Gate::await_arrival() {
  std::unique_lock lock(mutex_);
  EXPECT_TRUE(arrival_.wait_for(lock, kPatience, [&] { return static_cast<bool>(waiting_); }));
}

void Progress::add(std::uint64_t n) {
  std::lock_guard lock(mutex_);
  value_ += n;
  moved_.notify_all();
}

std::uint64_t Progress::value() {
  std::lock_guard lock(mutex_);
  return value_;
}

std::uint64_t Progress::await_at_least(std::uint64_t n) {
  std::unique_lock lock(mutex_);
  EXPECT_TRUE(moved_.wait_for(lock, kPatience, [&] { return value_ >= n; }));
  return value_;
}

std::uint64_t Progress::await_rest() {
  std::unique_lock lock(mutex_);
  while (true) {
    std::uint64_t before = value_;
    if (!moved_.wait_for(lock, 300ms, [&] { return value_ != before; })) return value_;
  }
}

Task<Response> TestHandler::handle(Request& request) {
  std::string_view path = request.head.raw_path;
  if (path == "/hello") co_return text("hello");
  if (path == "/echo") co_return co_await echo(request);
  if (path == "/count") co_return co_await count(request);
  if (path == "/ignore") co_return text("ignored");
  if (path == "/show") co_return text(show(request));
  if (path == "/thread") co_return text(std::to_string(gettid()));
  if (path == "/gate" || path == "/gate-echo") {
    co_await gate;
    if (path == "/gate") co_return text("through");
    co_return co_await count(request);
  }
  if (path == "/leave") {
    request.departure->watch([this] {
      left.add(1);
      gate.open();
    });
    co_await gate;
    co_return text("stayed");
  }
  std::uint64_t number = std::strtoull(std::string(request.head.raw_query).c_str(), nullptr, 10);
  if (path == "/status") {
    Response response;
    response.status = static_cast<int>(number);
    co_return response;
  }
  if (path == "/length") {  // as an operation answers HEAD
    Response response;
    response.content_length = number;
    co_return response;
  }
  if (path == "/close") {
    Response response = text("bye");
    response.close = true;
    co_return response;
  }
  co_return stream(path, number);
}

Response TestHandler::stream(std::string_view path, std::uint64_t size) {
  Response response;
  if (path == "/big" || path == "/file" || path == "/fail") response.content_length = size;
  if (path == "/short") response.content_length = size + 1;
  if (path == "/long") response.content_length = size - 1;
  if (path == "/fail") response.content_length = size + 1000;
  response.body = std::make_unique<PatternSource>(
      size, produced, path == "/file" || path == "/file-chunks" ? file : nullptr,
      path == "/fail" || path == "/fail-chunks");
  return response;
}

Task<Response> TestHandler::echo(Request& request) {
  std::string all;
  std::vector<std::byte> piece(read_size);
  while (true) {
    Result<std::size_t> n = co_await request.body->read(piece);
    if (!n) co_return text(std::string(to_string(n.error().code)), 400);
    if (*n == 0) co_return text(std::move(all));
    all += as_text(ByteView(piece).first(*n));
    body_read.add(*n);
  }
}

Task<Response> TestHandler::count(Request& request) {
  std::uint64_t total = 0;
  std::vector<std::byte> piece(read_size);
  while (true) {
    Result<std::size_t> n = co_await request.body->read(piece);
    if (!n) co_return text(std::to_string(total) + " " + std::string(to_string(n.error().code)));
    if (*n == 0) co_return text(std::to_string(total));
    total += *n;
    body_read.add(*n);
  }
}

void TestHandler::finished(const Request& request, const Response& response,
                           const Exchange& exchange) {
  std::lock_guard lock(mutex_);
  finished_.push_back({std::string(request.head.target), response.status, exchange});
  more_.notify_all();
}

Finished TestHandler::await_finished(std::size_t n) {
  std::unique_lock lock(mutex_);
  bool came = more_.wait_for(lock, kPatience, [&] { return finished_.size() > n; });
  EXPECT_TRUE(came);
  return came ? finished_[n] : Finished{};
}

std::size_t TestHandler::finished_count() {
  std::lock_guard lock(mutex_);
  return finished_.size();
}

TestServer::TestServer(Limits limits, std::string certificate, std::string key) {
  ServerOptions options;
  options.listen = {{"127.0.0.1", 0}};
  options.threads = 1;
  options.limits = limits;
  options.tls_certificate_file = std::move(certificate);
  options.tls_key_file = std::move(key);
  auto started = Server::start(std::move(options), handler, metrics);
  if (!started) {
    ADD_FAILURE() << started.error().detail;
    std::abort();
  }
  server = std::move(*started);
}

bool TestServer::metric_is(std::string_view line) const {
  return metrics.render().find("\n" + std::string(line) + "\n") != std::string::npos;
}

}  // namespace lakeside::http
