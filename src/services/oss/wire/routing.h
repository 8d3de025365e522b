// From method, address and parameters to a row of the table of operations. Pure.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/message.h"
#include "gateway/pipeline/service.h"
#include "services/oss/core/errors.h"
#include "services/oss/ops/access.h"
#include "services/oss/wire/dialect.h"

namespace lakeside::oss::wire {

class OssAction;
struct OssCall;

enum class Method : std::uint8_t { kGet, kHead, kPut, kPost, kDelete, kOptions };
// kControl: S3 Control, which is about an account (x-amz-account-id) and has paths of its own.
enum class Level : std::uint8_t { kService, kBucket, kObject, kControl };

inline constexpr std::string_view kAccountHeader = "x-amz-account-id";
[[nodiscard]] bool is_s3_control(const http::RequestHead& head);

using ops::Access;

// Typed arguments from the head, and from the body where it is a document.
using Decode = OssResult<std::unique_ptr<OssAction>> (*)(OssCall& call,
                                                         const std::string& document);

// What a request's body is to an operation.
enum class BodyIs : std::uint8_t {
  kNone,      // nothing: what comes is drained
  kDocument,  // read whole before decode
  kData,      // streamed
  kForm,      // PostObject's: fields, and data after them
};

struct Row {
  gateway::OperationInfo info;
  // What selects the row, as a request line: "PUT object?partNumber&uploadId +copy-source" is a
  // PUT of an object with both parameters and the header x-oss-copy-source (S3:
  // x-amz-copy-source). A parameter may ask for a value: "?comp=add". Of the rows that fit a
  // request the one that asks for most is taken. "GET control/PATH" is a request of S3 Control.
  std::string_view form;
  Access access = Access::kBucketOwner;
  BodyIs body = BodyIs::kNone;
  Decode decode = nullptr;      // of an implemented operation
  std::string_view takes = {};  // further parameters that it heeds, separated by spaces
};

[[nodiscard]] bool speaks(const Row& row, Dialect dialect);

class RoutingTable {
 public:
  // `rows` outlive the table; a form that cannot be read ends the program.
  explicit RoutingTable(std::span<const Row> rows);

  // The row that the request is for: of those that fit, the one that asks for most. The errors:
  // kMethodNotAllowed where there is none; kNotImplemented for a row without code, and for a
  // parameter that would change what the operation does and is not one of the row's. `row` is
  // set also then, where one was found.
  [[nodiscard]] OssStatus find(const http::RequestHead& head, Dialect dialect, Level level,
                               const Row*& row) const;

  [[nodiscard]] std::span<const Row> rows() const { return rows_; }

 private:
  struct Term {
    std::string_view name;
    std::string_view value;  // empty: any
  };
  struct Entry {
    const Row* row;
    Method method;
    Level level;
    std::vector<Term> terms;
    std::string_view path;  // kControl: what follows the API's version
    std::string header;     // empty: none
    std::vector<std::string_view> takes;
  };

  [[nodiscard]] static Entry parse(const Row& row, Dialect dialect);

  [[nodiscard]] const Entry* best(const http::RequestHead& head, Dialect dialect, Method method,
                                  Level level) const;
  // How much the entry asks for.
  [[nodiscard]] static std::size_t asks_for(const Entry& entry);
  [[nodiscard]] static bool fits(const Entry& entry, const http::RequestHead& head);
  [[nodiscard]] OssStatus check_parameters(const Entry& entry, const http::RequestHead& head,
                                           Dialect dialect) const;

  static constexpr std::size_t kMethods = 6;
  static constexpr std::size_t kLevels = 4;
  std::span<const Row> rows_;
  std::vector<Entry> entries_[2][kMethods][kLevels];  // by dialect
  std::vector<std::string_view> subresources_;        // sorted
};

}  // namespace lakeside::oss::wire
