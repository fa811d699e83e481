# Finds libzip by its files: the target LibZip::LibZip. Its own package asks for command-line tools that distributions ship apart.
find_path(LibZip_INCLUDE_DIR zip.h)
find_library(LibZip_LIBRARY zip)
mark_as_advanced(LibZip_INCLUDE_DIR LibZip_LIBRARY)

find_file(LibZip_CONFIGURATION zipconf.h HINTS ${LibZip_INCLUDE_DIR} PATH_SUFFIXES ../lib/libzip/include)
mark_as_advanced(LibZip_CONFIGURATION)
if(LibZip_CONFIGURATION)
  file(STRINGS ${LibZip_CONFIGURATION} line REGEX "#define LIBZIP_VERSION \"")
  string(REGEX REPLACE ".*\"(.*)\".*" "\\1" LibZip_VERSION "${line}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibZip REQUIRED_VARS LibZip_LIBRARY LibZip_INCLUDE_DIR VERSION_VAR LibZip_VERSION
  REASON_FAILURE_MESSAGE "on Debian and Ubuntu it is in the package libzip-dev")

if(LibZip_FOUND AND NOT TARGET LibZip::LibZip)
  add_library(LibZip::LibZip UNKNOWN IMPORTED)
  set_target_properties(LibZip::LibZip PROPERTIES IMPORTED_LOCATION ${LibZip_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${LibZip_INCLUDE_DIR})
endif()
