// Any head at all through addressing, dialect, routing and the header codecs: none may crash, and
// what comes out must keep its promises.
#include <cstdlib>
#include <string>

#include "services/oss/operations.h"
#include "services/oss/wire/addressing.h"
#include "services/oss/wire/call.h"
#include "services/oss/wire/request_headers.h"
#include "services/oss/wire/response_headers.h"
#include "services/oss/wire/routing.h"

namespace {

using namespace lakeside;
using namespace lakeside::oss;

void require(bool holds) {
  if (!holds) std::abort();
}

std::string_view take_line(std::string_view& text) {
  std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

// "METHOD TARGET\nName: value\n…"; false where the server would not have let it through.
bool read_head(std::string_view text, http::RequestHead& head) {
  std::string_view line = take_line(text);
  std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return false;
  head.method = line.substr(0, space);
  head.target = line.substr(space + 1);
  if (!head.target.starts_with('/')) return false;
  std::size_t mark = head.target.find('?');
  head.raw_path = head.target.substr(0, mark);
  if (mark != std::string_view::npos) head.raw_query = head.target.substr(mark + 1);
  auto query = http::parse_query(head.raw_query);
  if (!query) return false;
  head.query = std::move(*query);
  while (!text.empty()) {
    std::string_view header = take_line(text);
    std::size_t colon = header.find(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    std::string_view value = header.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    head.headers.push_back({header.substr(0, colon), value});
  }
  return true;
}

void route(const http::RequestHead& head, Dialect dialect, const wire::Address& address) {
  static const wire::RoutingTable table(operations());
  wire::Level level = address.bucket.empty() ? wire::Level::kService
                      : address.key.empty()  ? wire::Level::kBucket
                                             : wire::Level::kObject;
  const wire::Row* row = nullptr;
  OssStatus found = table.find(head, dialect, level, row);
  require(!found || (row != nullptr && row->info.implemented && wire::speaks(*row, dialect)));
}

void codecs(http::Request& request, Dialect dialect) {
  wire::Environment env{nullptr, system_clock(), {}, {}, nullptr, {}};
  wire::OssCall call(request, env);
  call.dialect = dialect;
  (void)wire::check_headers(call);
  (void)wire::object_headers(call);
  (void)wire::acl_argument(call, "acl");
  (void)wire::storage_class_argument(call);
  (void)wire::write_conditions(call);
  (void)wire::preconditions(request.head, "x-oss-copy-source-");
  (void)wire::content_md5(request.head);
  (void)wire::object_checksums(call);
  (void)wire::overrides(request.head);
  (void)wire::url_encoding(request.head);
  auto source = wire::copy_source(call);
  require(!source || (!source->bucket.empty() && !source->key.empty()));
  auto number = wire::number_param(call, "max-keys", 100, 1, 1000);
  require(!number || (*number >= 1 && *number <= 1000));
  auto range = wire::parse_range(request.head.header("Range").value_or(""), dialect);
  require(!range || range->first || range->last);
  require(!range || !range->first || !range->last || *range->first <= *range->last);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  http::Request request;
  if (!read_head({reinterpret_cast<const char*>(data), size}, request.head)) return 0;
  static const std::vector<std::string> domains = {"oss.example.com"};
  auto address = wire::find_address(request.head, domains);
  if (!address) return 0;
  require(address->key.empty() || !address->bucket.empty() ||
          address->style == wire::AddressStyle::kPath);
  Dialect dialect = wire::choose_dialect(request.head, address->s3_host);
  route(request.head, dialect, *address);
  codecs(request, dialect);
  return 0;
}
