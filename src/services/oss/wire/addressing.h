// Where a request points: from its Host header and path to a bucket and a key. Pure.
//
// protocols.md §1 lists what each client sends. In short:
//   path style     an IP address, localhost, a domain of ours, or a name that we do not know:
//                  /BUCKET/KEY
//   virtual host   BUCKET.DOMAIN, where DOMAIN is one of ours, localhost, or a vendor's:
//                  /KEY. The vendor's names arrive although the connection is to us: ali-oss
//                  on an IP puts the bucket into the Host header alone.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/message.h"

namespace lakeside::oss::wire {

enum class AddressStyle { kPath, kVirtualHost };

struct Address {
  std::string bucket;  // empty: the service
  std::string key;     // empty: the bucket
  AddressStyle style = AddressStyle::kPath;
  bool s3_host = false;  // the host's name says S3: BUCKET.s3.…
};

// Fails, with words for the client, where the path has a malformed %XX.
[[nodiscard]] std::expected<Address, std::string> find_address(
    const http::RequestHead& head, const std::vector<std::string>& domains);

// The parts, for tests and for error documents.
// The Host header's name: without port, path and trailing dot, in lower case.
[[nodiscard]] std::string host_name(std::string_view host_header);
struct HostMeaning {
  std::string bucket;   // empty: the host names none
  bool vendor = false;  // a name of the vendor's cloud rather than one of ours
  bool s3 = false;
};
[[nodiscard]] HostMeaning read_host(std::string_view host_name,
                                    const std::vector<std::string>& domains);

}  // namespace lakeside::oss::wire
