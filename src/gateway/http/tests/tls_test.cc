#include "gateway/http/tls.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <future>

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "gateway/http/tests/test_client.h"
#include "gateway/http/tests/test_server.h"

namespace lakeside::http {
namespace {

using namespace std::chrono_literals;

// A self-signed certificate for localhost in two files.
class Certificate {
 public:
  Certificate() {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* x509 = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_set_pubkey(x509, key);
    X509_NAME* name = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    X509_set_issuer_name(x509, name);
    X509_sign(x509, key, EVP_sha256());
    FILE* out = std::fopen(certificate().c_str(), "w");
    PEM_write_X509(out, x509);
    std::fclose(out);
    out = std::fopen(this->key().c_str(), "w");
    PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(out);
    X509_free(x509);
    EVP_PKEY_free(key);
  }
  ~Certificate() {
    std::remove(certificate().c_str());
    std::remove(key().c_str());
  }
  [[nodiscard]] std::string certificate() const { return base_ + ".pem"; }
  [[nodiscard]] std::string key() const { return base_ + ".key"; }

 private:
  std::string base_ = testing::TempDir() + "http-tls-" + std::to_string(getpid());
};

// A blocking client over TLS.
class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, int highest = TLS1_3_VERSION)
      : transport_(port), context_(SSL_CTX_new(TLS_client_method())) {
    timeval patience{.tv_sec = 30, .tv_usec = 0};
    setsockopt(transport_.fd(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    SSL_CTX_set_max_proto_version(context_, highest);
    SSL_CTX_set_alpn_protos(context_, reinterpret_cast<const unsigned char*>("\x02h2\x08http/1.1"),
                            12);
    session_ = SSL_new(context_);
    SSL_set_fd(session_, transport_.fd());
    connected_ = done([this] { return SSL_connect(session_); });
  }
  ~TlsClient() {
    SSL_free(session_);
    SSL_CTX_free(context_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(session_, &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  void send(std::string_view bytes) {
    std::size_t written = 0;
    EXPECT_TRUE(done([&] { return SSL_write_ex(session_, bytes.data(), bytes.size(), &written); }));
    EXPECT_EQ(written, bytes.size());
  }
  // Up to `n` bytes, fewer at the end.
  std::string receive(std::size_t n) {
    std::string out(n, '\0');
    std::size_t have = 0;
    while (have < n) {
      std::size_t got = 0;
      if (!done([&] { return SSL_read_ex(session_, out.data() + have, n - have, &got); })) break;
      have += got;
    }
    out.resize(have);
    return out;
  }
  std::string receive_head() {
    std::string head;
    while (!head.ends_with("\r\n\r\n")) {
      std::string c = receive(1);
      if (c.empty()) break;
      head += c;
    }
    return head;
  }
  // The server said goodbye properly.
  bool closed() {
    char c = 0;
    int n = SSL_read(session_, &c, 1);
    return n == 0 && SSL_get_error(session_, n) == SSL_ERROR_ZERO_RETURN;
  }
  // Nothing more comes, however it ended.
  bool gone() {
    char c = 0;
    return SSL_read(session_, &c, 1) <= 0;
  }

 private:
  // The kernel may interrupt this thread for the ring of a server that it has destroyed.
  static bool done(const auto& call) {
    int result = call();
    while (result != 1 && errno == EINTR) result = call();
    return result == 1;
  }

  TestClient transport_;
  SSL_CTX* context_;
  SSL* session_ = nullptr;
  bool connected_ = false;
};

TEST(Tls, RoundTrip) {
  Certificate files;
  TestServer server({}, files.certificate(), files.key());
  for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(server.port(), version);
    ASSERT_TRUE(client.connected());
    EXPECT_EQ(client.protocol(), "http/1.1");
    for (int i = 0; i < 3; ++i) {
      client.send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
      EXPECT_TRUE(client.receive_head().starts_with("HTTP/1.1 200 OK\r\n"));
      EXPECT_EQ(client.receive(5), "hello");
    }
    client.send("GET /show HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    client.receive_head();
    EXPECT_NE(client.receive(100'000).find("\ntls\n"), std::string::npos);
    EXPECT_TRUE(client.closed());
  }
}

TEST(Tls, OldVersionsAreRefused) {
  Certificate files;
  TestServer server({}, files.certificate(), files.key());
  TlsClient client(server.port(), TLS1_1_VERSION);
  EXPECT_FALSE(client.connected());
  while (!server.metric_is("lakeside_http_protocol_errors_total{kind=\"tls_handshake\"} 1")) {
    std::this_thread::yield();
  }
}

TEST(Tls, PlainHttpOnATlsPortIsClosed) {
  Certificate files;
  TestServer server({}, files.certificate(), files.key());
  TestClient client(server.port());
  client.send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.receive_all().find("200 OK"), std::string::npos);
}

TEST(Tls, PipelinedRequestsInOneRecord) {
  Certificate files;
  TestServer server({}, files.certificate(), files.key());
  TlsClient client(server.port());
  std::string one = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";
  client.send(one + one + one);
  for (int i = 0; i < 3; ++i) {
    client.receive_head();
    EXPECT_EQ(client.receive(5), "hello");
  }
}

TEST(Tls, LargeBodiesBothWays) {
  Certificate files;
  TestServer server({}, files.certificate(), files.key());
  constexpr std::size_t kSize = 5'000'000;
  std::string data = pattern(0, kSize);
  TlsClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5000000\r\n\r\n" + data);
  client.receive_head();
  EXPECT_TRUE(client.receive(kSize) == data);
  client.send("GET /big?5000000 HTTP/1.1\r\nHost: h\r\n\r\n");
  client.receive_head();
  EXPECT_TRUE(client.receive(kSize) == data);

  std::string path = testing::TempDir() + "http-tls-data";
  FILE* out = std::fopen(path.c_str(), "w+");
  ASSERT_EQ(std::fwrite(data.data(), 1, kSize, out), kSize);
  std::fflush(out);
  server.handler.file = std::make_shared<FileHandle>(dup(fileno(out)));
  std::fclose(out);
  std::remove(path.c_str());
  client.send("GET /file?5000000 HTTP/1.1\r\nHost: h\r\n\r\n");
  client.receive_head();
  EXPECT_TRUE(client.receive(kSize) == data);
}

TEST(Tls, SilentClientsAreClosed) {
  Certificate files;
  TestServer server({.idle_timeout = 1s, .head_timeout = 1s}, files.certificate(), files.key());
  TestClient never_starts(server.port());
  EXPECT_TRUE(never_starts.closed());
  TlsClient idle(server.port());
  EXPECT_TRUE(idle.gone());
}

TEST(Tls, StopEndsConnections) {
  Certificate files;
  TestServer server({}, files.certificate(), files.key());
  TlsClient idle(server.port());
  idle.send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  idle.receive_head();
  EXPECT_EQ(idle.receive(5), "hello");
  TestClient handshaking(server.port());
  auto stopping = std::async(std::launch::async, [&] { server.server->stop(10ms); });
  EXPECT_TRUE(idle.gone());
  EXPECT_TRUE(handshaking.closed());
  stopping.get();
}

TEST(Tls, AKeyOfAnotherCertificateIsAnError) {
  Certificate files;
  std::string other = files.key() + "2";
  EVP_PKEY* key = EVP_EC_gen("P-256");
  FILE* out = std::fopen(other.c_str(), "w");
  PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(out);
  EVP_PKEY_free(key);
  EXPECT_FALSE(TlsContext::load(files.certificate(), other));
  EXPECT_TRUE(TlsContext::load(files.certificate(), files.key()));
  std::remove(other.c_str());
}

}  // namespace
}  // namespace lakeside::http
