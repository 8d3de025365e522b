// The two languages in which clients speak to the object store.
#pragma once

namespace lakeside::oss {

enum class Dialect { kOss, kS3 };

}  // namespace lakeside::oss
