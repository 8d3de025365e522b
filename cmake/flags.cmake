# Compiler, linker and cache settings for the whole project.
#
# Each preset is one build type. NDEBUG is never defined: asserts are part of the program, also in
# release, because a wrong answer about someone's data is worse than a restart.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(THREADS_PREFER_PTHREAD_FLAG ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Dev, Release, Asan, Tsan or Fuzz" FORCE)
endif()
set_property(CACHE CMAKE_BUILD_TYPE PROPERTY STRINGS Dev Release Asan Tsan Fuzz)

foreach(lang C CXX)
  set(CMAKE_${lang}_FLAGS_DEV "-O1 -g")
  set(CMAKE_${lang}_FLAGS_RELEASE "-O2 -g1 -D_FORTIFY_SOURCE=2")
  # vptr opens a pipe for each check, and so fails the test of a server without descriptors.
  set(CMAKE_${lang}_FLAGS_ASAN
    "-O1 -g1 -fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=all")
  set(CMAKE_${lang}_FLAGS_TSAN "-O1 -g1 -fsanitize=thread")
  set(CMAKE_${lang}_FLAGS_FUZZ
    "-O1 -g1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all")
endforeach()

add_compile_options(
  -fno-omit-frame-pointer
  -fstack-protector-strong
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=
)
add_compile_definitions(_GLIBCXX_ASSERTIONS)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  # The static C++ library saves half a millisecond at start.
  add_link_options(-Wl,-z,relro,-z,now -static-libstdc++ -static-libgcc)
endif()

# Warnings for our own targets; third-party code is built without them.
add_library(lakeside_warnings INTERFACE)
target_compile_options(lakeside_warnings INTERFACE -Wall -Wextra -Wshadow -Werror
  # A designated initialiser leaves members out on purpose.
  -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 imagines these in inlined std::to_chars and std::string; ASan looks for the real ones.
  target_compile_options(lakeside_warnings INTERFACE -Wno-stringop-overflow -Wno-restrict)
  if(CMAKE_BUILD_TYPE MATCHES "^(Asan|Tsan)$")
    target_compile_options(lakeside_warnings INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_BUILD_TYPE STREQUAL "Tsan")
  # g++ warns about every std::atomic_thread_fence.
  target_compile_options(lakeside_warnings INTERFACE -Wno-tsan)
endif()

find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# With a base directory and no directory hash, all build folders and all clones share the cache.
find_program(CCACHE ccache)
if(CCACHE)
  foreach(lang C CXX)
    set(CMAKE_${lang}_COMPILER_LAUNCHER
      env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
  endforeach()
endif()
