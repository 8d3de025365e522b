#include "gateway/http/tls.h"

#include <algorithm>
#include <array>
#include <climits>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace lakeside::http {
namespace {

std::unexpected<Error> fail_openssl(std::string what) {
  std::array<char, 256> text{};
  if (unsigned long code = ERR_peek_last_error()) {
    ERR_error_string_n(code, text.data(), text.size());
    what += ": ";
    what += text.data();
  }
  ERR_clear_error();
  return fail(ErrorCode::kInvalid, std::move(what));
}

int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* in, unsigned in_size, void*) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kHttp11, sizeof(kHttp11) - 1, in, in_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;  // the client may still speak HTTP/1.1
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

void configure(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   // A body's end is known from its framing, never from this.
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>("lakeside"), 8);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

Result<TlsContext> TlsContext::load(const std::string& certificate_file,
                                    const std::string& key_file) {
  ERR_clear_error();
  TlsContext loaded(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* context = loaded.context_.get();
  if (!context) return fail_openssl("TLS");
  configure(context);
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1) {
    return fail_openssl("TLS certificate " + certificate_file);
  }
  if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return fail_openssl("TLS key " + key_file);
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    return fail_openssl("the TLS key does not belong to the certificate");
  }
  return loaded;
}

void TlsSession::Free::operator()(ssl_st* session) const { SSL_free(session); }

TlsSession::TlsSession(const TlsContext& context, int fd)
    : session_(SSL_new(context.context_.get())) {
  SSL_set_fd(session_.get(), fd);
  SSL_set_accept_state(session_.get());
}

Io TlsSession::outcome(int result) {
  if (result > 0) return {Io::Outcome::kDone, static_cast<std::size_t>(result)};
  switch (SSL_get_error(session_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return {Io::Outcome::kWantRead};
    case SSL_ERROR_WANT_WRITE:
      return {Io::Outcome::kWantWrite};
    case SSL_ERROR_ZERO_RETURN:
      return {Io::Outcome::kEnd};
    default:
      return {Io::Outcome::kFailed};
  }
}

// The error queue belongs to the thread; what another session left there would be taken for
// this one's.
Io TlsSession::handshake() {
  ERR_clear_error();
  return outcome(SSL_do_handshake(session_.get()));
}

Io TlsSession::read(MutableBytes into) {
  ERR_clear_error();
  auto size = static_cast<int>(std::min<std::size_t>(into.size(), INT_MAX));
  return outcome(SSL_read(session_.get(), into.data(), size));
}

Io TlsSession::write(ByteView from) {
  ERR_clear_error();
  auto size = static_cast<int>(std::min<std::size_t>(from.size(), INT_MAX));
  return outcome(SSL_write(session_.get(), from.data(), size));
}

bool TlsSession::has_pending() const { return SSL_pending(session_.get()) > 0; }

void TlsSession::close_notify() {
  ERR_clear_error();
  if (SSL_is_init_finished(session_.get())) SSL_shutdown(session_.get());
}

}  // namespace lakeside::http
