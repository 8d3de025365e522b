#include "services/oss/wire/addressing.h"

#include <algorithm>

#include "base/encoding.h"
#include "services/oss/wire/call.h"

namespace lakeside::oss::wire {
namespace {

constexpr std::string_view kBadPath = "The request's path is not valid percent-encoding.";

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_ip(std::string_view host) {
  if (host.find(':') != std::string_view::npos) return true;  // IPv6, its brackets taken off
  int parts = 0;
  while (true) {
    std::size_t dot = host.find('.');
    if (!is_digits(host.substr(0, dot))) return false;
    ++parts;
    if (dot == std::string_view::npos) return parts == 4;
    host.remove_prefix(dot + 1);
  }
}

// "BUCKET" of "BUCKET.DOMAIN", "" of "DOMAIN" and of ".DOMAIN"; nothing of other hosts.
std::optional<std::string_view> label_before(std::string_view host, std::string_view domain) {
  if (domain.empty() || !host.ends_with(domain)) return std::nullopt;
  std::string_view before = host.substr(0, host.size() - domain.size());
  if (before.empty()) return before;
  if (before.back() != '.') return std::nullopt;
  before.remove_suffix(1);
  return before;
}

// The start of the last label of `text`.
std::size_t last_label(std::string_view text) {
  std::size_t dot = text.rfind('.');
  return dot == std::string_view::npos ? 0 : dot + 1;
}

bool is_region(std::string_view label) {
  constexpr std::string_view kContinents[] = {"ap-", "cn-", "eu-", "me-", "na-", "us-"};
  return std::ranges::any_of(kContinents,
                             [&](std::string_view start) { return label.starts_with(start); });
}

// The names of the vendor's endpoints, all below aliyuncs.com: oss-cn-hangzhou,
// oss-cn-hangzhou-internal, oss-accelerate, oss, and cn-hangzhou.oss (dual stack).
std::optional<std::string_view> label_before_aliyun(std::string_view host) {
  auto before = label_before(host, "aliyuncs.com");
  if (!before || before->empty()) return std::nullopt;
  std::size_t start = last_label(*before);
  std::string_view endpoint = before->substr(start);
  if (endpoint == "oss" && start > 0) {
    // REGION.oss or BUCKET.REGION.oss, but also the old BUCKET.oss, which libcloud uses.
    std::string_view rest = before->substr(0, start - 1);
    std::size_t region = last_label(rest);
    if (is_region(rest.substr(region))) start = region;
  } else if (endpoint != "oss" && !endpoint.starts_with("oss-")) {
    return std::nullopt;
  }
  return start == 0 ? std::string_view{} : before->substr(0, start - 1);
}

// s3.amazonaws.com, s3.REGION.amazonaws.com, s3-REGION.amazonaws.com, with or without
// ".dualstack", and BUCKET before any of them.
std::optional<std::string_view> label_before_amazon(std::string_view host) {
  auto before = label_before(host, "amazonaws.com");
  if (!before || before->empty()) return std::nullopt;
  for (std::size_t end = before->size(); end > 0;) {
    std::size_t start = last_label(before->substr(0, end));
    std::string_view label = before->substr(start, end - start);
    if (label == "s3" || label.starts_with("s3-")) {
      return start == 0 ? std::string_view{} : before->substr(0, start - 1);
    }
    end = start == 0 ? 0 : start - 1;
  }
  return std::nullopt;
}

HostMeaning with_label(std::string_view label, bool vendor, bool s3) {
  // "s3" is too short for a bucket: s3.oss-cn-hangzhou.aliyuncs.com is an endpoint that the
  // vendor keeps for S3 clients, and BUCKET.s3.DOMAIN names a bucket on it.
  if (label == "s3") return {{}, vendor, true};
  if (label.ends_with(".s3")) return {std::string(label.substr(0, label.size() - 3)), vendor, true};
  return {std::string(label), vendor, s3};
}

// A domain of our own: oss.DOMAIN is the service, BUCKET.oss.DOMAIN a bucket of it.
HostMeaning with_service_label(std::string_view label) {
  if (label == "oss") label = {};
  if (label.ends_with(".oss")) label.remove_suffix(4);
  return with_label(label, false, false);
}

struct Split {
  std::string_view first;
  std::string_view rest;
};
// "/first/rest": at the first raw slash; clients write a slash of a key as %2F or as itself.
Split split_path(std::string_view raw_path) {
  if (raw_path.starts_with('/')) raw_path.remove_prefix(1);
  std::size_t slash = raw_path.find('/');
  if (slash == std::string_view::npos) return {raw_path, {}};
  return {raw_path.substr(0, slash), raw_path.substr(slash + 1)};
}

bool decode_into(std::string& out, std::string_view raw, bool plus_is_space) {
  if (!has_escapes(raw)) {
    out = raw;
    return true;
  }
  auto decoded = plus_is_space ? query_decode(raw) : percent_decode(raw);
  if (!decoded) return false;
  out = std::move(*decoded);
  return true;
}

}  // namespace

std::string host_name(std::string_view host) {
  // @alicloud/oss-client in "ip" mode sends "127.0.0.1:4004/bucket"; the path says it again.
  host = trim(host.substr(0, host.find('/')));
  if (host.starts_with('[')) {
    std::size_t end = host.find(']');
    return to_lower_ascii(host.substr(1, end == std::string_view::npos ? end : end - 1));
  }
  // A second colon: a bare IPv6 address, which has no port.
  std::size_t colon = host.find(':');
  if (colon != std::string_view::npos && host.find(':', colon + 1) == std::string_view::npos) {
    host = host.substr(0, colon);
  }
  if (host.ends_with('.')) host.remove_suffix(1);
  return to_lower_ascii(host);
}

HostMeaning read_host(std::string_view host, const std::vector<std::string>& domains) {
  if (host.empty() || is_ip(host)) return {};
  for (const std::string& domain : domains) {
    if (auto label = label_before(host, domain)) return with_service_label(*label);
  }
  if (auto label = label_before(host, "localhost")) return with_service_label(*label);
  if (auto label = label_before_aliyun(host)) return with_label(*label, true, false);
  if (auto label = label_before_amazon(host)) return with_label(*label, true, true);
  return {};
}

std::expected<Address, std::string> find_address(const http::RequestHead& head,
                                                 const std::vector<std::string>& domains) {
  HostMeaning host = read_host(host_name(head.header("Host").value_or("")), domains);
  Address address;
  address.s3_host = host.s3;
  // The Go SDK v1 writes a space of the path as '+' (url.QueryEscape), and every OSS client a
  // plus as %2B. S3 clients mean a '+'.
  bool plus_is_space = head.raw_path.find('+') != std::string_view::npos &&
                       choose_dialect(head, host.s3) == Dialect::kOss;
  Split split = split_path(head.raw_path);

  // ali-oss on an IP with sldEnable names the bucket in both places, and signs /BUCKET/KEY. Its
  // Host is the vendor's, so a key BUCKET/… stays possible on names of our own.
  bool in_both = host.vendor && !host.bucket.empty() && split.first == host.bucket;
  if (host.bucket.empty() || in_both) {
    if (!decode_into(address.bucket, split.first, false) ||
        !decode_into(address.key, split.rest, plus_is_space)) {
      return std::unexpected(std::string(kBadPath));
    }
    return address;
  }
  address.style = AddressStyle::kVirtualHost;
  address.bucket = std::move(host.bucket);
  std::string_view raw_key = head.raw_path;
  if (raw_key.starts_with('/')) raw_key.remove_prefix(1);
  if (!decode_into(address.key, raw_key, plus_is_space))
    return std::unexpected(std::string(kBadPath));
  return address;
}

}  // namespace lakeside::oss::wire
