# Finds LibTorch by its files: the target LibTorch::LibTorch. PyTorch's own package asks for the CUDA toolkit where LibTorch was
# built with CUDA, and fails on machines that have none; such a LibTorch serves here as one for the CPU.
# LibTorch_OPENMP is the OpenMP that it brings along, if it does.
#   LIBTORCH_ROOT  the folder that holds include and lib, such as …/site-packages/torch (also read from the environment: GRAFT_TORCH)
set(LIBTORCH_ROOT "$ENV{GRAFT_TORCH}" CACHE PATH "the folder that holds LibTorch's include and lib")

set(names c10 torch_cpu torch torch_cuda)
if(NOT LIBTORCH_ROOT STREQUAL LibTorch_FOUND_IN)  # another one than last time
  foreach(name INCLUDE_DIR API_INCLUDE_DIR ${names})
    unset(LibTorch_${name} CACHE)
  endforeach()
  set(LibTorch_FOUND_IN ${LIBTORCH_ROOT} CACHE INTERNAL "")
endif()

find_path(LibTorch_INCLUDE_DIR ATen/ATen.h HINTS ${LIBTORCH_ROOT}/include NO_DEFAULT_PATH)
find_path(LibTorch_API_INCLUDE_DIR torch/torch.h HINTS ${LIBTORCH_ROOT}/include/torch/csrc/api/include NO_DEFAULT_PATH)
foreach(name ${names})
  find_library(LibTorch_${name} ${name} HINTS ${LIBTORCH_ROOT}/lib NO_DEFAULT_PATH)
  mark_as_advanced(LibTorch_${name})
endforeach()
mark_as_advanced(LibTorch_INCLUDE_DIR LibTorch_API_INCLUDE_DIR)

set(version_header ${LibTorch_INCLUDE_DIR}/torch/headeronly/version.h)
if(LibTorch_INCLUDE_DIR AND EXISTS ${version_header})
  file(STRINGS ${version_header} lines REGEX "#define TORCH_VERSION_(MAJOR|MINOR|PATCH)")
  string(REGEX REPLACE "[^0-9;]" "" numbers "${lines}")
  list(JOIN numbers "." LibTorch_VERSION)
endif()

file(GLOB LibTorch_OPENMP ${LIBTORCH_ROOT}/lib/libgomp*.so*)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch
  REQUIRED_VARS LibTorch_torch_cpu LibTorch_c10 LibTorch_torch LibTorch_INCLUDE_DIR LibTorch_API_INCLUDE_DIR
  VERSION_VAR LibTorch_VERSION
  REASON_FAILURE_MESSAGE "set GRAFT_TORCH or -DLIBTORCH_ROOT to the folder of LibTorch or of Python's torch package")

if(LibTorch_FOUND AND NOT TARGET LibTorch::LibTorch)
  add_library(LibTorch::LibTorch INTERFACE IMPORTED)
  target_include_directories(LibTorch::LibTorch SYSTEM INTERFACE ${LibTorch_INCLUDE_DIR} ${LibTorch_API_INCLUDE_DIR})
  # Some of its classes have another layout where assertions are on, which its own libraries are built without.
  target_compile_definitions(LibTorch::LibTorch INTERFACE NDEBUG)
  target_link_libraries(LibTorch::LibTorch INTERFACE ${LibTorch_torch_cpu} ${LibTorch_c10} ${LibTorch_torch})
  if(LibTorch_torch_cuda)  # registers the CUDA kernels when loaded; nothing refers to it by name
    target_link_libraries(LibTorch::LibTorch INTERFACE -Wl,--no-as-needed ${LibTorch_torch_cuda} -Wl,--as-needed)
  endif()
endif()
