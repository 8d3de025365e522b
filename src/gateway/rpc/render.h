// Answers and faults as JSON or XML. Pure.
#pragma once

#include <string>
#include <string_view>

#include "gateway/rpc/product.h"

namespace lakeside::rpc {

enum class Format { kJson, kXml };

[[nodiscard]] std::string render_answer(Format format, std::string_view operation,
                                        std::string_view request_id, const Value& value);

struct FaultContext {
  std::string_view product;  // empty where it is not known
  std::string_view request_id;
  std::string_view host;
};
[[nodiscard]] std::string render_fault(Format format, const FaultContext& context,
                                       const Fault& fault);

[[nodiscard]] std::string_view content_type(Format format);

}  // namespace lakeside::rpc
