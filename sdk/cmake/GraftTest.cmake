# graft_test_plugin(NAME [SOURCES test.cpp…] [MANIFEST smoke.toml] [SET KEY=VALUE…]): tests of a plugin that graft_add_plugin made,
# for ctest:
#   "NAME: check"    graft check on the built library, with the options that SET gives
#   "NAME: runs"     graft run on the manifest, which uses NAME, into a folder in the build folder
#   "NAME: …"        the cases in SOURCES (Catch2 3; <graft/testing.hpp> runs the program for them)
# Where the program or Catch2 is not at hand, a test that is skipped says so.

function(graft_skipped_test name why)
  add_test(NAME "${name}" COMMAND ${CMAKE_COMMAND} -E echo "skipped: ${why}")
  set_tests_properties("${name}" PROPERTIES SKIP_REGULAR_EXPRESSION "skipped: ")
endfunction()

function(graft_test_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 given "" "MANIFEST" "SOURCES;SET")
  if(given_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "graft_test_plugin(${name}): found '${given_UNPARSED_ARGUMENTS}', expected "
                        "[SOURCES test.cpp…] [MANIFEST file.toml] [SET KEY=VALUE…]")
  endif()
  if(NOT Graft_PROGRAM)
    graft_skipped_test("${name}: check" "Graft's program was not found; put it on PATH or set GRAFT_PROGRAM, and configure again")
    return()
  endif()
  set(surroundings GRAFT_PLUGIN_PATH=$<TARGET_FILE_DIR:${name}> OMP_NUM_THREADS=1)  # one thread: the same machine, the same bits
  list(TRANSFORM given_SET PREPEND "--set=")
  add_test(NAME "${name}: check" COMMAND ${Graft_PROGRAM} check $<TARGET_FILE:${name}> ${given_SET})
  set_tests_properties("${name}: check" PROPERTIES ENVIRONMENT "${surroundings}")
  if(given_MANIFEST)
    get_filename_component(manifest ${given_MANIFEST} ABSOLUTE)
    add_test(NAME "${name}: runs" COMMAND sh -c "rm -rf \"$2\" && exec \"$0\" run \"$1\" --out \"$2\""
                                          ${Graft_PROGRAM} ${manifest} ${CMAKE_CURRENT_BINARY_DIR}/${name}_run)
    set_tests_properties("${name}: runs" PROPERTIES ENVIRONMENT "${surroundings}")
  endif()
  if(given_SOURCES)
    find_package(Catch2 3 QUIET)
    if(Catch2_FOUND)
      graft_add_catch_tests(${name} ${given_SOURCES})
    else()
      graft_skipped_test("${name}: own tests"
        "they need Catch2 3, in Debian and Ubuntu the package catch2 (Debian 12: from its backports)")
    endif()
  endif()
endfunction()

function(graft_add_catch_tests name)
  include(Catch)
  add_executable(${name}_test ${ARGN})
  target_link_libraries(${name}_test PRIVATE Catch2::Catch2WithMain)
  target_include_directories(${name}_test PRIVATE ${GRAFT_SDK_DIR})
  target_compile_features(${name}_test PRIVATE cxx_std_20)
  target_compile_definitions(${name}_test PRIVATE
    GRAFT_PROGRAM="${Graft_PROGRAM}" GRAFT_PLUGINS="$<TARGET_FILE_DIR:${name}>" GRAFT_SOURCES="${CMAKE_CURRENT_SOURCE_DIR}")
  add_dependencies(${name}_test ${name})
  catch_discover_tests(${name}_test TEST_PREFIX "${name}: " DISCOVERY_MODE PRE_TEST)
endfunction()
