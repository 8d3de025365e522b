// Objects in memory, for tests.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/stream_readers.h"
#include "services/modelstudio/core/objects.h"

namespace lakeside::modelstudio {

class MemoryObjects final : public Objects {
 public:
  struct Stored {
    std::string content_type;
    std::string data;
    std::string etag;
  };
  // By bucket and key; tests look, add and change as they like.
  std::map<std::pair<std::string, std::string>, Stored> all;
  std::optional<ObjectError> refuse;  // answered by every call

  // Nothing where there is no such object.
  [[nodiscard]] std::optional<std::string> text(const ObjectName& name) const {
    auto found = all.find({name.bucket, name.key});
    if (found == all.end()) return std::nullopt;
    return found->second.data;
  }

  Task<ObjectResult<std::uint64_t>> put(const ObjectName& name, const std::string& content_type,
                                        ByteSource& source, std::uint64_t max_bytes) override {
    if (refuse) co_return std::unexpected(*refuse);
    std::string data;
    std::string buffer(1000, '\0');
    MutableBytes into{reinterpret_cast<std::byte*>(buffer.data()), buffer.size()};
    while (true) {
      auto n = co_await source.read(into);
      if (!n) co_return std::unexpected(ObjectError{ObjectFault::kIncomplete, n.error().detail});
      if (*n == 0) break;
      data.append(buffer, 0, *n);
      if (data.size() > max_bytes)
        co_return std::unexpected(ObjectError{ObjectFault::kTooLarge, {}});
    }
    std::uint64_t size = data.size();
    std::string etag = std::to_string(++puts_);
    all[{name.bucket, name.key}] = {content_type, std::move(data), std::move(etag)};
    co_return size;
  }

  Task<ObjectResult<ObjectStream>> open(const ObjectName& name, std::uint64_t offset) override {
    if (refuse) co_return std::unexpected(*refuse);
    auto found = all.find({name.bucket, name.key});
    if (found == all.end()) co_return std::unexpected(ObjectError{ObjectFault::kNoSuchObject, {}});
    auto rest = std::make_shared<std::string>(
        offset < found->second.data.size() ? found->second.data.substr(offset) : "");
    ObjectStream stream;
    stream.bytes = rest->size();
    stream.etag = found->second.etag;
    stream.data = std::make_unique<TextSegments>(SharedText(rest, *rest));
    co_return stream;
  }

  Task<ObjectResult<void>> make_studio_bucket() override {
    if (refuse) co_return std::unexpected(*refuse);
    co_return ObjectResult<void>{};
  }

  Task<ObjectResult<void>> remove(const ObjectName& name) override {
    if (refuse) co_return std::unexpected(*refuse);
    all.erase({name.bucket, name.key});
    co_return ObjectResult<void>{};
  }

 private:
  int puts_ = 0;
};

}  // namespace lakeside::modelstudio
