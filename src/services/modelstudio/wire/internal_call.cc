#include "services/modelstudio/wire/internal_call.h"

#include <utility>

#include "base/crypto.h"
#include "base/stream_readers.h"
#include "services/modelstudio/wire/routing.h"

namespace lakeside::modelstudio::wire {
namespace {

InternalAnswer answer_of(const StudioCall& call, const http::Response& response) {
  InternalAnswer answer{response.status, call.wire_id(), {}};
  if (auto text = response.text()) {
    answer.body = *text;
    return answer;
  }
  // Whoever has a stream in a job's line was refused before.
  http::Response failed = call.error(ModelError{});
  answer.status = failed.status;
  answer.body = failed.text().value_or("{}");
  return answer;
}

}  // namespace

Task<InternalAnswer> call_internally(std::span<const Row> rows, const Environment& env,
                                     const ModelKey& key, const serving::Tenant& tenant,
                                     const InternalRequest& asked) {
  StringReader read{std::string_view()};  // decoders get the body as a text
  http::Request request;
  request.head.method = "POST";
  request.head.target = asked.path;
  request.head.raw_path = asked.path;
  request.id = random_hex_upper(12);
  request.received = env.clock.now();
  request.body = &read;
  StudioCall call(request, env);
  call.key = key;
  call.background = tenant;
  call.response_id = asked.response_id;
  auto address = find_address(asked.path);
  if (address) call.dialect = address->dialect;
  Found found;
  if (address) found = find_row(rows, *address, request.head.method);
  if (found.row == nullptr || found.row->decode == nullptr) {
    const WireError unknown = no_such_path(request.head.method, asked.path, call.dialect);
    co_return answer_of(call, call.error(unknown));
  }
  call.row = found.row;
  call.id = std::move(found.id);
  call.operation = &found.row->info;
  auto action = found.row->decode(call, asked.body);
  if (!action) {
    const WireError bad = to_wire(action.error(), call.dialect);
    co_return answer_of(call, call.error(bad));
  }
  http::Response response = co_await (*action)->run(call);
  co_return answer_of(call, response);
}

}  // namespace lakeside::modelstudio::wire
