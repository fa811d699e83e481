# graft_add_plugin(NAME source…): a plugin as a host expects it: NAME.so, one exported symbol, nothing left unresolved.
set(GRAFT_SDK_DIR ${CMAKE_CURRENT_LIST_DIR}/..)

function(graft_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  target_include_directories(${name} PRIVATE ${GRAFT_SDK_DIR})
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_link_options(${name} PRIVATE -Wl,--version-script=${GRAFT_SDK_DIR}/cmake/exports.map -Wl,-z,defs)
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so" LINK_DEPENDS ${GRAFT_SDK_DIR}/cmake/exports.map
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
endfunction()
