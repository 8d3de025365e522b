// The file system of a blob store on a simulated disk.
#pragma once

#include <memory>

#include "engines/fault/simulated_disk.h"
#include "engines/files/file_system.h"

namespace lakeside::engines {

// `disk` must outlive it.
[[nodiscard]] std::unique_ptr<FileSystem> make_fault_file_system(SimulatedDisk& disk);

}  // namespace lakeside::engines
