# graft_add_plugin(NAME source… [TARGET 1.0] [NATIVE]): a plugin as a host expects it: NAME.so, one exported symbol, nothing left
# unresolved.
#   TARGET  the oldest SDK whose hosts shall take it; without it, this one
#   NATIVE  graft::Tensor is at::Tensor: all that ATen and autograd have, for hosts on exactly the LibTorch that it is built against
#           (GRAFT_TORCH or -DLIBTORCH_ROOT names its folder)

# The folder of graft/*.h*: in Graft's sources beside this one, else under the prefix. Links are followed: /lib may be one.
file(REAL_PATH ${CMAKE_CURRENT_LIST_DIR} GRAFT_CMAKE_DIR)
get_filename_component(GRAFT_SDK_DIR ${GRAFT_CMAKE_DIR}/.. ABSOLUTE)
if(NOT EXISTS ${GRAFT_SDK_DIR}/graft/abi.h)
  get_filename_component(GRAFT_SDK_DIR ${GRAFT_CMAKE_DIR}/../../../include ABSOLUTE)
endif()

function(graft_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 PLUGIN NATIVE TARGET "")
  add_library(${name} MODULE ${PLUGIN_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PRIVATE ${GRAFT_SDK_DIR})
  if(CMAKE_CXX_COMPILER_LOADED)  # a project in C alone may have plugins too
    target_compile_features(${name} PRIVATE cxx_std_20)
  endif()
  target_link_options(${name} PRIVATE -Wl,--version-script=${GRAFT_CMAKE_DIR}/exports.map -Wl,-z,defs)
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so" DEFINE_SYMBOL "" LINK_DEPENDS ${GRAFT_CMAKE_DIR}/exports.map
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  if(PLUGIN_TARGET)
    file(STRINGS ${GRAFT_SDK_DIR}/graft/version.h sdk REGEX "^#define GRAFT_SDK [0-9]+")
    string(REGEX MATCH "[0-9][0-9]+" sdk "${sdk}")
    math(EXPR minor "${sdk} - 100")
    if(PLUGIN_TARGET MATCHES "^1\\.([0-9]+)$" AND NOT CMAKE_MATCH_1 GREATER minor)
      math(EXPR target "100 + ${CMAKE_MATCH_1}")
    else()
      message(FATAL_ERROR "graft_add_plugin(${name}): TARGET is '${PLUGIN_TARGET}', expected the version of an SDK, "
                          "from 1.0 to this one's, 1.${minor}")
    endif()
    target_compile_definitions(${name} PRIVATE GRAFT_TARGET=${target})
  endif()
  if(PLUGIN_NATIVE)
    if(NOT TARGET LibTorch::LibTorch)
      list(APPEND CMAKE_MODULE_PATH ${GRAFT_CMAKE_DIR})
      find_package(LibTorch 2.11 REQUIRED)
    endif()
    target_compile_definitions(${name} PRIVATE GRAFT_NATIVE)
    target_link_libraries(${name} PRIVATE LibTorch::LibTorch)
    set_target_properties(${name} PROPERTIES SKIP_BUILD_RPATH ON INSTALL_RPATH "")  # the host's LibTorch is loaded already
  endif()
endfunction()
