# cmake --install: a tree that can be moved. Components: runtime (program, plugins, configs, documents), sdk (headers, CMake
# package, templates), and libraries (what a bare system lacks: only the archive has it). The build folder is laid out as that tree,
# by links.
if(LibTorch_torch_cuda)  # some gigabytes, and more in folders beside it: it stays where it is
  option(GRAFT_BUNDLE_LIBTORCH "install LibTorch's libraries too" OFF)
else()
  option(GRAFT_BUNDLE_LIBTORCH "install LibTorch's libraries too" ON)
endif()

set(torch_folder lib/graft/libtorch)
set(other_folder lib/graft/libraries)
set(runpath "$ORIGIN/../${torch_folder}" "$ORIGIN/../${other_folder}")
if(GRAFT_BUNDLE_LIBTORCH)
  set(torch_libraries "/${torch_folder}/[^/]*$")  # where the program finds them, by the link below
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/lib/graft)
  file(CREATE_LINK ${LIBTORCH_ROOT}/lib ${CMAKE_BINARY_DIR}/${torch_folder} SYMBOLIC)
else()
  string(REGEX REPLACE "([][+.*()^$?|\\\\])" "\\\\\\1" torch_libraries "${LIBTORCH_ROOT}/lib/")
  file(REMOVE ${CMAKE_BINARY_DIR}/${torch_folder})
  list(APPEND runpath ${LIBTORCH_ROOT}/lib)
endif()
# In the build tree too, which is laid out alike: CMake would fill another path up with colons, to be able to change it in its place,
# and an empty part of it is the working folder.
set_target_properties(graft PROPERTIES INSTALL_RPATH "${runpath}" BUILD_WITH_INSTALL_RPATH ON)
target_link_options(graft PRIVATE -Wl,--disable-new-dtags)  # a path that also serves what the libraries there need

install(TARGETS graft RUNTIME_DEPENDENCY_SET graft_needs RUNTIME DESTINATION bin COMPONENT runtime)
foreach(folder plugins strategies)
  get_property(built DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  install(TARGETS ${built} LIBRARY DESTINATION lib/graft/plugins COMPONENT runtime)
endforeach()
install(DIRECTORY configs DESTINATION share/graft COMPONENT runtime)
install(FILES README.md CHANGELOG.md DESTINATION share/doc/graft COMPONENT runtime)

install(DIRECTORY sdk/graft DESTINATION include COMPONENT sdk)
install(DIRECTORY sdk/cmake/ DESTINATION lib/cmake/Graft COMPONENT sdk)
install(DIRECTORY sdk/template DESTINATION share/graft COMPONENT sdk)
install(FILES sdk/README.md DESTINATION share/doc/graft-sdk COMPONENT sdk)

# What the program needs is found in its file; of that, what lies in LibTorch's folder, and the rest but for what every system has.
set(everywhere "/(ld-linux.*|lib(c|m|dl|pthread|rt|resolv|util|stdc\\+\\+|gcc_s)\\.so[.0-9]*)$")
if(GRAFT_BUNDLE_LIBTORCH)
  install(RUNTIME_DEPENDENCY_SET graft_needs POST_INCLUDE_REGEXES "${torch_libraries}" POST_EXCLUDE_REGEXES ".*"
    LIBRARY DESTINATION ${torch_folder} COMPONENT runtime)
endif()
install(RUNTIME_DEPENDENCY_SET graft_needs POST_EXCLUDE_REGEXES "${everywhere}" "${torch_libraries}"
  LIBRARY DESTINATION ${other_folder} COMPONENT libraries EXCLUDE_FROM_ALL)

add_custom_target(uninstall VERBATIM COMMAND ${CMAKE_CURRENT_LIST_DIR}/uninstall.sh ${CMAKE_BINARY_DIR})

function(mirror source link)  # so that the program and find_package meet in the build folder what they meet under a prefix
  get_filename_component(folder ${CMAKE_BINARY_DIR}/${link} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/${source} ${CMAKE_BINARY_DIR}/${link} SYMBOLIC)
endfunction()
mirror(sdk/template share/graft/template)
mirror(configs share/graft/configs)
mirror(sdk/cmake lib/cmake/Graft)
mirror(sdk/graft include/graft)
