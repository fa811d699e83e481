// What the header of an .npy array says.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace graft::core {

struct NpyHeader {
  std::string type;  // NumPy's text: "|u1", "<i8"
  bool fortran = false;
  std::vector<std::int64_t> shape;
  double elements() const;  // a double: what a hostile header says overflows nothing
};

// The dictionary that NumPy writes, `{'descr': '|u1', 'fortran_order': False, 'shape': (10, 28, 28), }`; nothing where it is not
// one, as for records.
std::optional<NpyHeader> parse_npy_header(const std::string& text);

struct NpyInteger {
  std::int64_t bytes;
  bool has_sign, big_endian;
  std::optional<std::int64_t> value(const unsigned char* at) const;  // nothing where it is beyond 2^63
};
// Nothing where the type is not one of whole numbers.
std::optional<NpyInteger> npy_integer(const std::string& type);

}  // namespace graft::core
