# The web console, as files in LAKESIDE_CONSOLE_FOLDER: built by tools/build-console (which needs Node),
# and put into the binary as they are (docs/decisions/0009-console-in-the-binary.md). Without
# LAKESIDE_CONSOLE, and for the sanitizers and fuzzers, there are none and Node is not asked
# for.

if(NOT CMAKE_BUILD_TYPE MATCHES "^(Dev|Release)$")
  set(LAKESIDE_CONSOLE OFF)
endif()
if(NOT LAKESIDE_CONSOLE)
  return()
endif()

enable_language(ASM)
set(LAKESIDE_CONSOLE_FOLDER ${CMAKE_BINARY_DIR}/console)
file(GLOB_RECURSE console_inputs CONFIGURE_DEPENDS
  ${CMAKE_SOURCE_DIR}/console/src/* ${CMAKE_SOURCE_DIR}/console/*.json
  ${CMAKE_SOURCE_DIR}/console/*.html ${CMAKE_SOURCE_DIR}/console/*.mjs
  ${CMAKE_SOURCE_DIR}/console/vite.config.ts)
list(FILTER console_inputs EXCLUDE REGEX "/console/node_modules/|/console/tests/|\\.test\\.")
add_custom_command(
  OUTPUT ${LAKESIDE_CONSOLE_FOLDER}/pack.bin ${LAKESIDE_CONSOLE_FOLDER}/table.inc
  COMMAND ${CMAKE_SOURCE_DIR}/tools/build-console ${LAKESIDE_CONSOLE_FOLDER}
  COMMAND ${CMAKE_COMMAND} -E touch_nocreate
    ${LAKESIDE_CONSOLE_FOLDER}/pack.bin ${LAKESIDE_CONSOLE_FOLDER}/table.inc
  DEPENDS ${console_inputs} ${CMAKE_SOURCE_DIR}/tools/build-console
  COMMENT "The web console"
  VERBATIM)
add_custom_target(console_files
  DEPENDS ${LAKESIDE_CONSOLE_FOLDER}/pack.bin ${LAKESIDE_CONSOLE_FOLDER}/table.inc)
