// TLS on a non-blocking socket, through OpenSSL.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "gateway/http/io.h"

struct ssl_st;
struct ssl_ctx_st;

namespace lakeside::http {

// The server's certificate and settings, shared by all connections.
class TlsContext {
 public:
  // PEM files. Errors: kInvalid, with what OpenSSL says.
  [[nodiscard]] static Result<TlsContext> load(const std::string& certificate_file,
                                               const std::string& key_file);

 private:
  friend class TlsSession;
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  std::unique_ptr<ssl_ctx_st, Free> context_;
};

// The server's side of one connection. Nothing here blocks: see Io.
class TlsSession {
 public:
  TlsSession(const TlsContext& context, int fd);

  Io handshake();
  Io read(MutableBytes into);
  // May take only part of `from`; after kWant… the next call must offer the same bytes.
  Io write(ByteView from);
  // Decrypted bytes wait inside, so the socket need not become readable. (A record that came
  // in part does not count: its rest will make the socket readable.)
  [[nodiscard]] bool has_pending() const;
  // Says goodbye as far as that goes without waiting.
  void close_notify();

 private:
  struct Free {
    void operator()(ssl_st* session) const;
  };
  Io outcome(int result);
  std::unique_ptr<ssl_st, Free> session_;
};

}  // namespace lakeside::http
