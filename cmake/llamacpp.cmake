# llama.cpp, as target llamacpp::llamacpp; nothing without LAKESIDE_LLAMACPP.
#
# It is built by tools/build-llamacpp, once for all build folders, and only copied into this one
# (docs/decisions/0007-llamacpp-linked-in.md). A sanitizer would see nothing of it, and clang would
# have to build it again: the asan, tsan and fuzz presets go without.

if(NOT CMAKE_BUILD_TYPE MATCHES "^(Dev|Release)$")
  set(LAKESIDE_LLAMACPP OFF)
endif()
if(NOT LAKESIDE_LLAMACPP)
  return()
endif()

set(folder ${CMAKE_BINARY_DIR}/llamacpp)
set(libraries
  ${folder}/lib/libllama-chat.a ${folder}/lib/libllama.a ${folder}/lib/libggml.a
  ${folder}/lib/libggml-base.a)
set(cuda_flag)
set(definitions)
if(LAKESIDE_CUDA)
  list(APPEND definitions LAKESIDE_CUDA)
  set(cuda_flag --cuda "${LAKESIDE_CUDA_GPUS}")
  list(APPEND libraries ${folder}/lib/libggml-cuda.a)
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  foreach(variant x64 haswell alderlake skylakex cascadelake zen4 sapphirerapids)
    list(APPEND libraries ${folder}/lib/ggml-cpu-${variant}.o)
  endforeach()
  list(APPEND definitions LAKESIDE_CPU_VARIANTS)
else()
  list(APPEND libraries ${folder}/lib/libggml-cpu.a)
endif()

add_custom_command(OUTPUT ${libraries}
  COMMAND ${CMAKE_SOURCE_DIR}/tools/build-llamacpp ${folder} ${cuda_flag}
    --cc ${CMAKE_C_COMPILER} --cxx ${CMAKE_CXX_COMPILER}
  DEPENDS
    ${CMAKE_SOURCE_DIR}/tools/build-llamacpp
    ${CMAKE_SOURCE_DIR}/tools/deps/pypi.txt
    ${CMAKE_SOURCE_DIR}/cmake/llamacpp/CMakeLists.txt
  COMMENT "llama.cpp"
  USES_TERMINAL VERBATIM)
add_custom_target(llamacpp_files DEPENDS ${libraries})

add_library(llamacpp INTERFACE)
add_dependencies(llamacpp llamacpp_files)
target_include_directories(llamacpp SYSTEM INTERFACE ${folder}/include ${folder}/include/common)
target_compile_definitions(llamacpp INTERFACE ${definitions})
target_link_libraries(llamacpp INTERFACE ${libraries} Threads::Threads ${CMAKE_DL_LIBS})
if(LAKESIDE_CUDA)
  # By name: Debian 12's FindCUDAToolkit wants a library that CUDA 13 has not (nvToolsExt).
  execute_process(COMMAND ${CMAKE_SOURCE_DIR}/tools/install-cuda
    OUTPUT_VARIABLE cuda OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  target_link_libraries(llamacpp INTERFACE
    ${cuda}/lib64/libcudart_static.a ${cuda}/lib64/libcublas.so rt)
endif()
add_library(llamacpp::llamacpp ALIAS llamacpp)

# What is linked in is under the MIT licence, which asks for its notice beside every copy.
install(FILES ${folder}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME LICENSE.llama.cpp)
