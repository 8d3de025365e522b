// The cloud's object storage as services/modelstudio wants it.
#pragma once

#include <memory>
#include <string>

#include "services/modelstudio/core/objects.h"
#include "services/oss/core/object_store.h"

namespace lakeside::app {

// `owner` is the account to which the studio's bucket belongs. The store outlives it.
[[nodiscard]] std::unique_ptr<modelstudio::Objects> make_model_objects(oss::ObjectStore& store,
                                                                       std::string owner);

}  // namespace lakeside::app
