#include "app/http_get.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <stop_token>
#include <utility>

#include <llhttp.h>
#include <netdb.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/encoding.h"

namespace lakeside::app {
namespace {

constexpr int kConnectMilliseconds = 20'000;
constexpr timeval kSilence{60, 0};  // without a byte
constexpr std::size_t kMostHead = 64 << 10;
constexpr std::size_t kPiece = 64 << 10;

std::unexpected<Error> lost(const Url& url, std::string_view what) {
  return fail(ErrorCode::kDisconnected, url.origin + " " + std::string(what));
}

bool is_address(const std::string& host) {
  in6_addr ignored{};
  return inet_pton(AF_INET, host.c_str(), &ignored) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

// Wakes whoever waits for the socket.
struct Shutdown {
  int fd;
  void operator()() const noexcept { ::shutdown(fd, SHUT_RDWR); }
};
using OnStop = std::stop_callback<Shutdown>;

// A connected socket, or -1.
int connect_to(const addrinfo& address, const std::stop_token& stop) {
  const int fd = ::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  bool good = ::connect(fd, address.ai_addr, address.ai_addrlen) == 0;
  if (!good && errno == EINPROGRESS) {
    const OnStop on_stop(stop, Shutdown{fd});
    pollfd waited{fd, POLLOUT, 0};
    int error = 0;
    socklen_t size = sizeof error;
    good = ::poll(&waited, 1, kConnectMilliseconds) == 1 &&
           ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
  }
  good = good && ::fcntl(fd, F_SETFL, 0) == 0 &&
         ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kSilence, sizeof kSilence) == 0 &&
         ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &kSilence, sizeof kSilence) == 0;
  if (good) return fd;
  ::close(fd);
  return -1;
}

int connect_to(const std::string& host, int port, const std::stop_token& stop) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return -1;
  int fd = -1;
  for (addrinfo* each = found; each != nullptr && fd < 0 && !stop.stop_requested();
       each = each->ai_next) {
    fd = connect_to(*each, stop);
  }
  ::freeaddrinfo(found);
  return fd;
}

class Connection {
 public:
  Connection(const Url& url, std::stop_token stop) : url_(url), stop_(std::move(stop)) {}
  ~Connection() {
    on_stop_.reset();
    SSL_free(tls_);
    SSL_CTX_free(context_);
    if (fd_ >= 0) ::close(fd_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Status open(const std::optional<Proxy>& proxy) {
    fd_ = proxy ? connect_to(proxy->host, proxy->port, stop_)
                : connect_to(url_.host, url_.port, stop_);
    if (fd_ < 0) {
      return fail(ErrorCode::kDisconnected,
                  "cannot connect to " + (proxy ? "the proxy " + proxy->host : url_.origin));
    }
    on_stop_.emplace(stop_, Shutdown{fd_});
    if (!url_.secure()) return {};
    if (proxy) {
      if (auto tunnel = open_tunnel(*proxy); !tunnel) return tunnel;
    }
    return open_tls();
  }

  Status send(std::string_view text) {
    while (!text.empty()) {
      const auto sent = tls_ != nullptr
                            ? SSL_write(tls_, text.data(), static_cast<int>(text.size()))
                            : ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent < 0 && tls_ == nullptr && errno == EINTR) continue;
      if (sent <= 0) return lost(url_, "takes no request");
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
  }

  // 0: the other side has ended it.
  Result<std::size_t> receive(char* into, std::size_t size) {
    while (true) {
      errno = 0;
      const auto got = tls_ != nullptr ? SSL_read(tls_, into, static_cast<int>(size))
                                       : ::recv(fd_, into, size, 0);
      if (got > 0) return static_cast<std::size_t>(got);
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) {
        return fail(ErrorCode::kTimeout, url_.origin + " has sent nothing for a minute");
      }
      // Whether it may end here is for the parser to say, also where TLS was not closed well.
      return 0;
    }
  }

 private:
  // RFC 9110, 9.3.6.
  Status open_tunnel(const Proxy& proxy) {
    const bool v6 = url_.host.find(':') != std::string::npos;
    const std::string target =
        (v6 ? "[" + url_.host + "]" : url_.host) + ":" + std::to_string(url_.port);
    std::string request = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
    if (!proxy.user.empty()) {
      request += "Proxy-Authorization: Basic " +
                 base64_encode(as_bytes(proxy.user + ":" + proxy.password)) + "\r\n";
    }
    if (auto sent = send(request + "\r\n"); !sent) return sent;
    // Byte by byte, because what follows the head is the tunnel's.
    std::string head;
    while (!head.ends_with("\r\n\r\n")) {
      char byte = 0;
      auto got = receive(&byte, 1);
      if (!got) return std::unexpected(got.error());
      if (*got == 0 || head.size() >= kMostHead) {
        return fail(ErrorCode::kDisconnected, "the proxy " + proxy.host + " opens no tunnel");
      }
      head += byte;
    }
    const auto space = std::min(head.find(' '), head.size());
    if (head.starts_with("HTTP/1.") && head.compare(space, 2, " 2") == 0) return {};
    return fail(ErrorCode::kDisconnected, "the proxy " + proxy.host + " refused: " +
                                              head.substr(0, std::min(head.find('\r'), 80UL)));
  }

  Status open_tls() {
    context_ = SSL_CTX_new(TLS_client_method());
    if (context_ == nullptr) return lost(url_, "cannot be asked: TLS is not available");
    SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION);
    SSL_CTX_set_default_verify_paths(context_);  // also SSL_CERT_FILE's
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
    tls_ = SSL_new(context_);
    if (tls_ == nullptr || SSL_set_fd(tls_, fd_) != 1) return lost(url_, "cannot be asked");
    bool named = false;
    if (is_address(url_.host)) {
      named = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls_), url_.host.c_str()) == 1;
    } else {
      named = SSL_set1_host(tls_, url_.host.c_str()) == 1 &&
              SSL_set_tlsext_host_name(tls_, url_.host.c_str()) == 1;
    }
    if (!named) return lost(url_, "cannot be asked by that name");
    if (SSL_connect(tls_) == 1) return {};
    const long why = SSL_get_verify_result(tls_);
    if (why == X509_V_OK) return lost(url_, "does not speak TLS as it should");
    return lost(url_, std::string("shows a certificate that cannot be trusted: ") +
                          X509_verify_cert_error_string(why));
  }

  const Url& url_;
  const std::stop_token stop_;
  int fd_ = -1;
  std::optional<OnStop> on_stop_;
  SSL_CTX* context_ = nullptr;
  SSL* tls_ = nullptr;
};

// The answer as it is parsed.
struct Answer {
  const HttpReceiver& receiver;
  HttpHead head;
  std::size_t head_bytes = 0;
  bool in_value = false;
  bool ended = false;  // by the message or by the receiver

  bool grow(std::size_t size) { return (head_bytes += size) <= kMostHead; }
};

Answer& answer_of(llhttp_t* parser) { return *static_cast<Answer*>(parser->data); }

int on_message_begin(llhttp_t* parser) {
  Answer& answer = answer_of(parser);
  answer.head = {};
  answer.in_value = false;
  return HPE_OK;
}

int on_field(llhttp_t* parser, const char* at, std::size_t size) {
  Answer& answer = answer_of(parser);
  if (!answer.grow(size)) return HPE_USER;
  if (answer.head.fields.empty() || answer.in_value) answer.head.fields.emplace_back();
  answer.in_value = false;
  answer.head.fields.back().first.append(at, size);
  return HPE_OK;
}

int on_value(llhttp_t* parser, const char* at, std::size_t size) {
  Answer& answer = answer_of(parser);
  if (!answer.grow(size) || answer.head.fields.empty()) return HPE_USER;
  answer.in_value = true;
  answer.head.fields.back().second.append(at, size);
  return HPE_OK;
}

// An empty value has no on_value of its own.
int on_value_complete(llhttp_t* parser) {
  answer_of(parser).in_value = true;
  return HPE_OK;
}

int on_head(llhttp_t* parser) {
  Answer& answer = answer_of(parser);
  answer.head.status = parser->status_code;
  if (answer.head.status / 100 == 1) return HPE_OK;  // the answer itself follows
  answer.ended = !answer.receiver.head(answer.head);
  return answer.ended ? static_cast<int>(HPE_USER) : static_cast<int>(HPE_OK);
}

int on_body(llhttp_t* parser, const char* at, std::size_t size) {
  Answer& answer = answer_of(parser);
  answer.ended = !answer.receiver.data({at, size});
  return answer.ended ? static_cast<int>(HPE_USER) : static_cast<int>(HPE_OK);
}

int on_message_complete(llhttp_t* parser) {
  Answer& answer = answer_of(parser);
  if (answer.head.status / 100 == 1) return HPE_OK;
  answer.ended = true;
  return HPE_PAUSED;
}

const llhttp_settings_t& settings() {
  static const llhttp_settings_t instance = [] {
    llhttp_settings_t s{};
    s.on_message_begin = on_message_begin;
    s.on_header_field = on_field;
    s.on_header_value = on_value;
    s.on_header_value_complete = on_value_complete;
    s.on_headers_complete = on_head;
    s.on_body = on_body;
    s.on_message_complete = on_message_complete;
    return s;
  }();
  return instance;
}

std::string request_text(const Url& url, const HttpFields& fields,
                         const std::optional<Proxy>& proxy) {
  const bool relayed = proxy && !url.secure();
  std::string text = "GET " + (relayed ? url.text() : url.target) +
                     " HTTP/1.1\r\nHost: " + url.origin.substr(url.origin.find("://") + 3) +
                     "\r\nConnection: close\r\n";
  for (const auto& [name, value] : fields) text += name + ": " + value + "\r\n";
  if (relayed && !proxy->user.empty()) {
    text += "Proxy-Authorization: Basic " +
            base64_encode(as_bytes(proxy->user + ":" + proxy->password)) + "\r\n";
  }
  return text + "\r\n";
}

}  // namespace

std::string_view HttpHead::field(std::string_view name) const {
  for (const auto& [key, value] : fields) {
    if (equals_ignore_case(key, name)) return trim(value);
  }
  return {};
}

Status http_get(const Url& url, const HttpFields& fields, const std::optional<Proxy>& proxy,
                const HttpReceiver& receiver) {
  Connection connection(url, receiver.stop);
  if (auto opened = connection.open(proxy); !opened) return opened;
  if (auto sent = connection.send(request_text(url, fields, proxy)); !sent) return sent;

  Answer answer{receiver};
  llhttp_t parser;
  llhttp_init(&parser, HTTP_RESPONSE, &settings());
  parser.data = &answer;
  auto piece = std::make_unique<char[]>(kPiece);
  while (!answer.ended) {
    auto got = connection.receive(piece.get(), kPiece);
    if (!got) return std::unexpected(got.error());
    const auto parsed =
        *got == 0 ? llhttp_finish(&parser) : llhttp_execute(&parser, piece.get(), *got);
    if (answer.ended) break;
    if (*got == 0) return lost(url, "ended the transfer early");
    if (parsed != HPE_OK) return lost(url, "does not answer as HTTP says");
  }
  return {};
}

}  // namespace lakeside::app
