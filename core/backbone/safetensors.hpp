// safetensors in and out: named tensors in one file, an 8-byte length, a JSON header, raw little-endian data.
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <map>
#include <string>

namespace graft::core {

using NamedTensors = std::map<std::string, at::Tensor>;

// Reads a whole file: F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL. What is no safetensors file, is cut off, or whose tensors' offsets
// overlap, leave gaps or lie outside: exit 4, file, offset and tensor named, and never an allocation larger than the file.
NamedTensors read_safetensors(const std::filesystem::path& path);

// A sum over all names and bytes.
std::uint64_t checksum(const NamedTensors& tensors);

// Writes whole or not at all; tensors in the order of their names, wider numbers first; any device and layout. `metadata` goes into
// __metadata__.
void write_safetensors(const std::filesystem::path& path, const NamedTensors& tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace graft::core
