#include "gateway/rpc/render.h"

#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "base/xml.h"

namespace lakeside::rpc {
namespace {

void write_element(XmlWriter& xml, const std::string& name, const Value& value) {
  if (value.is_array()) {
    for (const Value& item : value) write_element(xml, name, item);
  } else if (value.is_object()) {
    xml.open(name);
    for (const auto& [member, inner] : value.items()) write_element(xml, member, inner);
    xml.close(name);
  } else if (value.is_string()) {
    xml.text(name, value.get_ref<const std::string&>());
  } else if (!value.is_null()) {
    xml.text(name, value.dump());
  }
}

std::string render(Format format, const std::string& root, const Value& value) {
  if (format == Format::kJson) {
    return value.dump(-1, ' ', false, Value::error_handler_t::replace);
  }
  std::string out;
  XmlWriter xml(out);
  xml.declaration();
  write_element(xml, root, value);
  return out;
}

}  // namespace

std::string_view content_type(Format format) {
  // Exactly these: openapi-core reads XML only where it is called so.
  return format == Format::kJson ? "application/json;charset=utf-8" : "text/xml;charset=utf-8";
}

std::string render_answer(Format format, std::string_view operation, std::string_view request_id,
                          const Value& value) {
  Value whole = Value::object();
  whole["RequestId"] = request_id;
  if (value.is_object()) whole.update(value);
  return render(format, std::string(operation) + "Response", whole);
}

std::string render_fault(Format format, const FaultContext& context, const Fault& fault) {
  Value value = {{"RequestId", context.request_id},
                 {"HostId", context.host},
                 {"Code", fault.code},
                 {"Message", fault.message}};
  if (!fault.access_denied.empty()) {
    Value& detail = value["AccessDeniedDetail"] = Value::object();
    for (const auto& [name, text] : fault.access_denied) detail[name] = text;
  }
  std::string help = "https://api.alibabacloud.com/troubleshoot?q=" + percent_encode(fault.code);
  if (!context.product.empty()) help += "&product=" + std::string(context.product);
  value["Recommend"] = help + "&requestId=" + std::string(context.request_id);
  return render(format, "Error", value);
}

}  // namespace lakeside::rpc
