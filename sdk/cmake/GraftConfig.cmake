# find_package(Graft 0.1): graft_add_plugin, graft_test_plugin, and the program. Needs no LibTorch and compiles nothing. Serves
# from an installed prefix, from Graft's build folder, which is laid out as one, and from its sources (-DGraft_DIR=…/sdk/cmake).
#   GRAFT_PROGRAM  the program to test with, in place of the one beside, or on PATH
include(${CMAKE_CURRENT_LIST_DIR}/GraftPlugin.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/GraftTest.cmake)

file(REAL_PATH ${CMAKE_CURRENT_LIST_DIR} real)  # /lib may be a link to /usr/lib
set(Graft_PROGRAM "${GRAFT_PROGRAM}")
foreach(beside ${CMAKE_CURRENT_LIST_DIR}/../../../bin ${real}/../../../bin ${real}/../../build/release/bin)
  if(NOT Graft_PROGRAM AND EXISTS ${beside}/graft AND EXISTS ${beside}/../lib/graft/plugins)
    get_filename_component(Graft_PROGRAM ${beside}/graft ABSOLUTE)
  endif()
endforeach()
if(NOT Graft_PROGRAM)
  find_program(Graft_PROGRAM graft NO_CACHE)
endif()
if(Graft_PROGRAM AND NOT EXISTS ${Graft_PROGRAM})
  message(FATAL_ERROR "GRAFT_PROGRAM is '${Graft_PROGRAM}', and there is no such file; expected Graft's program, or nothing")
endif()
