// The two APIs that this service speaks.
#pragma once

namespace lakeside::modelstudio::wire {

enum class Dialect { kOpenAi, kDashScope };

}  // namespace lakeside::modelstudio::wire
