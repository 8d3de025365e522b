#include "gateway/http/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace lakeside::http {
namespace {

constexpr int kBacklog = 4096;
constexpr int kPortAttempts = 16;

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  [[nodiscard]] bool v6() const { return storage.ss_family == AF_INET6; }
  // Network order; at the same place in both families.
  [[nodiscard]] in_port_t& port() { return reinterpret_cast<sockaddr_in&>(storage).sin_port; }
};

Result<Address> parse_address(const Endpoint& endpoint) {
  Address address;
  auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
  if (inet_pton(AF_INET, endpoint.address.c_str(), &v4.sin_addr) == 1) {
    address.storage.ss_family = AF_INET;
    address.size = sizeof(v4);
  } else if (inet_pton(AF_INET6, endpoint.address.c_str(), &v6.sin6_addr) == 1) {
    address.storage.ss_family = AF_INET6;
    address.size = sizeof(v6);
  } else {
    return fail(ErrorCode::kInvalid, "not an IP address: " + endpoint.address);
  }
  address.port() = htons(endpoint.port);
  return address;
}

std::string describe(const Endpoint& endpoint) {
  bool v6 = endpoint.address.find(':') != std::string::npos;
  return (v6 ? "[" + endpoint.address + "]" : endpoint.address) + ":" +
         std::to_string(endpoint.port);
}

void enable(int fd, int level, int option) {
  int on = 1;
  setsockopt(fd, level, option, &on, sizeof(on));
}

Result<Fd> bind_socket(const Address& address, bool share, bool v6_only) {
  Fd fd(socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return fail_errno("socket", errno);
  enable(fd.get(), SOL_SOCKET, SO_REUSEADDR);
  if (share) enable(fd.get(), SOL_SOCKET, SO_REUSEPORT);
  int only = v6_only ? 1 : 0;
  if (address.v6()) setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only));
  if (bind(fd.get(), address.get(), address.size) != 0) return fail_errno("bind", errno);
  return fd;
}

Result<Fd> listen_on(const Address& address, bool v6_only) {
  auto fd = bind_socket(address, true, v6_only);
  if (!fd) return fd;
  enable(fd->get(), IPPROTO_TCP, TCP_NODELAY);  // accepted sockets inherit it
  if (listen(fd->get(), kBacklog) != 0) return fail_errno("listen", errno);
  return fd;
}

Result<std::uint16_t> port_of(const Fd& fd) {
  Address address;
  address.size = sizeof(address.storage);
  if (getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address.storage), &address.size) != 0) {
    return fail_errno("getsockname", errno);
  }
  return ntohs(address.port());
}

class Binder {
 public:
  Binder(const std::vector<Endpoint>& endpoints, std::size_t loops)
      : wanted_(endpoints), loops_(loops) {
    // "[::]" alone means every address, IPv4 too; beside an IPv4 endpoint it cannot.
    v6_only_ = std::ranges::any_of(
        endpoints, [](const Endpoint& e) { return e.address.find(':') == std::string::npos; });
  }

  Status run() {
    bound_.per_loop.resize(loops_);
    for (const Endpoint& wanted : wanted_) {
      Endpoint endpoint = wanted;
      if (endpoint.port == 0) endpoint.port = shared_port_;
      Status status = bind_endpoint(endpoint);
      if (!status) {
        port_taken_by_chance_ = wanted.port == 0 && shared_port_ != 0;
        return fail(status.error().code, describe(endpoint) + ": " + status.error().detail);
      }
      if (wanted.port == 0) shared_port_ = endpoint.port;
      bound_.endpoints.push_back(std::move(endpoint));
    }
    return {};
  }
  [[nodiscard]] bool worth_another_try() const { return port_taken_by_chance_; }
  [[nodiscard]] BoundListeners take() { return std::move(bound_); }

 private:
  Status bind_endpoint(Endpoint& endpoint) {
    auto address = parse_address(endpoint);
    if (!address) return std::unexpected(address.error());
    if (endpoint.port != 0) {
      // With SO_REUSEPORT a second server on this port would succeed and take half of the
      // connections. A socket without it finds out.
      auto probe = bind_socket(*address, false, v6_only_);
      if (!probe) return std::unexpected(probe.error());
    }
    for (auto& sockets : bound_.per_loop) {
      auto fd = listen_on(*address, v6_only_);
      if (!fd) return std::unexpected(fd.error());
      auto port = port_of(*fd);
      if (!port) return std::unexpected(port.error());
      endpoint.port = *port;
      address->port() = htons(*port);
      sockets.push_back(std::move(*fd));
    }
    return {};
  }

  const std::vector<Endpoint>& wanted_;
  std::size_t loops_;
  bool v6_only_;
  std::uint16_t shared_port_ = 0;
  bool port_taken_by_chance_ = false;
  BoundListeners bound_;
};

}  // namespace

Result<BoundListeners> bind_listeners(const std::vector<Endpoint>& endpoints, std::size_t loops) {
  if (endpoints.empty()) return fail(ErrorCode::kInvalid, "no address to listen on");
  for (int attempt = 1;; ++attempt) {
    Binder binder(endpoints, loops);
    Status status = binder.run();
    if (status) return binder.take();
    if (!binder.worth_another_try() || attempt == kPortAttempts) {
      return std::unexpected(status.error());
    }
  }
}

}  // namespace lakeside::http
