// The server with a handler that does nothing, to be measured from outside:
//   http_bench_server [PORT [THREADS [BODY_BYTES]]]
// GET / answers BODY_BYTES from memory, GET /file the same from a file by sendfile, PUT reads
// its body and answers its length.
#include <fcntl.h>
#include <sys/signal.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/metrics.h"
#include "gateway/http/server.h"

namespace lakeside {
namespace {

class FileSource final : public SegmentSource {
 public:
  explicit FileSource(FileSlice slice) : rest_(std::move(slice)) {}
  Task<Result<std::optional<Segment>>> next() override {
    if (rest_.length == 0) co_return std::nullopt;
    FileSlice piece = rest_;
    piece.length = std::min<std::uint64_t>(piece.length, kChunkSize);
    rest_.offset += piece.length;
    rest_.length -= piece.length;
    co_return Segment(std::move(piece));
  }

 private:
  FileSlice rest_;
};

class BenchHandler final : public http::Handler {
 public:
  explicit BenchHandler(std::size_t size) : text_(size, 'x') {
    char path[] = "/tmp/lakeside-bench-XXXXXX";
    int fd = mkstemp(path);
    unlink(path);
    if (fd < 0 || write(fd, text_.data(), size) != static_cast<ssize_t>(size)) std::abort();
    file_ = std::make_shared<FileHandle>(fd);
  }

  Task<http::Response> handle(http::Request& request) override {
    http::Response response;
    response.headers.add("Content-Type", "application/octet-stream");
    response.headers.add("ETag", "\"5D41402ABC4B2A76B9719D911017C592\"");
    response.headers.add("x-oss-request-id", request.id);
    if (request.head.method == "PUT") {
      response.body = std::to_string(co_await count(*request.body));
    } else if (request.head.raw_path == "/file") {
      response.body = std::make_unique<FileSource>(FileSlice{file_, 0, text_.size()});
      response.content_length = text_.size();
    } else {
      response.body = text_;
    }
    co_return response;
  }
  void finished(const http::Request&, const http::Response&, const http::Exchange&) override {}

 private:
  static Task<std::uint64_t> count(ByteSource& body) {
    Chunk chunk = Chunk::allocate();
    std::uint64_t total = 0;
    while (true) {
      Result<std::size_t> n = co_await body.read(chunk.free_space());
      if (!n || *n == 0) co_return total;
      total += *n;
    }
  }

  std::string text_;
  std::shared_ptr<FileHandle> file_;
};

}  // namespace
}  // namespace lakeside

int main(int argc, char** argv) {
  auto argument = [&](int i, int otherwise) { return argc > i ? std::atoi(argv[i]) : otherwise; };
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  lakeside::Metrics metrics;
  lakeside::BenchHandler handler(static_cast<std::size_t>(argument(3, 4096)));
  lakeside::http::ServerOptions options;
  options.listen = {{"127.0.0.1", static_cast<std::uint16_t>(argument(1, 4010))}};
  options.threads = static_cast<std::size_t>(argument(2, 2));
  if (argc > 5) {
    options.tls_certificate_file = argv[4];
    options.tls_key_file = argv[5];
  }
  auto server = lakeside::http::Server::start(std::move(options), handler, metrics);
  if (!server) {
    std::fprintf(stderr, "%s\n", server.error().detail.c_str());
    return 1;
  }
  std::fprintf(stderr, "http://127.0.0.1:%u/\n", (*server)->endpoints()[0].port);
  int signal = 0;
  sigwait(&signals, &signal);
  (*server)->stop(std::chrono::seconds(5));
  return 0;
}
