// What the codecs and operations of this service know of models: the types of serving/model.h, by
// the names they have here.
#pragma once

#include "serving/model.h"

namespace lakeside::modelstudio {

using serving::ModelError;
using serving::ModelFault;
using serving::ModelResult;
using serving::ModelServer;

}  // namespace lakeside::modelstudio
