# Targets that look at the sources and compile nothing: format, format-check, tidy. Version 14, as Debian 12 has it: others differ.
find_program(CLANG_FORMAT clang-format-14)
find_program(RUN_CLANG_TIDY run-clang-tidy-14)
mark_as_advanced(CLANG_FORMAT RUN_CLANG_TIDY)

file(GLOB_RECURSE ours CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}
  apps/*.[ch]pp core/*.[ch]pp plugins/*.[ch]pp sdk/*.[ch]pp sdk/*.h strategies/*.[ch]pp tests/*.[ch]pp)

if(CLANG_FORMAT)
  add_custom_target(format COMMAND ${CLANG_FORMAT} -i ${ours} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} VERBATIM)
  add_custom_target(format-check COMMAND ${CLANG_FORMAT} --dry-run --Werror ${ours} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} VERBATIM)
  if(GRAFT_TESTS)
    add_test(NAME "house: format" COMMAND ${CLANG_FORMAT} --dry-run --Werror ${ours} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  endif()
endif()
if(RUN_CLANG_TIDY)
  add_custom_target(tidy COMMAND ${RUN_CLANG_TIDY} -quiet -extra-arg=-fno-openmp -p ${CMAKE_BINARY_DIR}
                                 /apps/ /core/ /plugins/ /strategies/ USES_TERMINAL VERBATIM)
endif()
