// safetensors: what is written is read to the bit; what is broken is refused with file and offset, however it is broken.
#include "core/backbone/safetensors.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "core/base/files.hpp"
#include "tests/unit/backbone/small.hpp"

using namespace graft::core;
using small::contains;

namespace {

std::string little_endian(std::uint64_t number) { return {reinterpret_cast<const char*>(&number), sizeof number}; }
std::string file_of(const std::string& header, const std::string& data = "") {
  return little_endian(header.size()) + header + data;
}

Error error_of_bytes(const std::string& bytes) {
  Folder folder;
  const auto path = folder.path / "w.safetensors";
  std::ofstream(path, std::ios::binary) << bytes;
  return error_of([&] { read_safetensors(path); });
}

void check_refused(const std::string& bytes, std::uint64_t offset, const std::string& why) {
  const auto error = error_of_bytes(bytes);
  INFO(error.what());
  CHECK(error.status == Exit::data);
  CHECK(contains(error.what(), "w.safetensors: offset " + std::to_string(offset) + ": "));
  CHECK(contains(error.what(), why));
}

// One tensor 'a' with these facts and 8 bytes of data.
void check_header_refused(const std::string& facts, const std::string& why) {
  check_refused(file_of("{\"a\":{" + facts + "}}", std::string(8, '\0')), 8, "tensor 'a': " + why);
}

NamedTensors every_type() {
  at::manual_seed(1);
  NamedTensors tensors;
  for (const auto type : {at::kDouble, at::kFloat, at::kHalf, at::kBFloat16})
    tensors[at::toString(type)] = at::randn({3, 5}).to(type);
  for (const auto type : {at::kLong, at::kInt, at::kShort, at::kChar, at::kByte}) {
    tensors[at::toString(type)] = at::randint(0, 100, {7}).to(type);
  }
  tensors["flags"] = at::randint(0, 2, {9}).to(at::kBool);
  tensors["scalar"] = at::full({}, 2.5, at::kDouble);
  tensors["empty"] = at::empty({0, 3}, at::kFloat);
  tensors["strided"] = at::randn({4, 6}).t();
  return tensors;
}

}  // namespace

TEST_CASE("every type comes back to the bit") {
  Folder folder;
  const auto path = folder.path / "w.safetensors";
  const auto tensors = every_type();
  write_safetensors(path, tensors, {{"format", "pt"}, {"quoted", "\"x\""}});
  const auto read = read_safetensors(path);
  REQUIRE(read.size() == tensors.size());
  for (const auto& [name, tensor] : tensors) {
    INFO(name);
    CHECK(read.at(name).scalar_type() == tensor.scalar_type());
    CHECK(at::equal(read.at(name), tensor));
  }
}

TEST_CASE("no tensors are a file too") {
  Folder folder;
  write_safetensors(folder.path / "none", {});
  CHECK(read_safetensors(folder.path / "none").empty());
}

TEST_CASE("each tensor lies at a multiple of its width") {
  Folder folder;
  write_safetensors(folder.path / "w", {{"a", at::ones({3}, at::kByte)}, {"b", at::ones({1}, at::kDouble)}, {"c", at::ones({1})}});
  const auto bytes = read_whole(folder.path / "w", Exit::data);
  CHECK(contains(bytes, "\"b\":{\"data_offsets\":[0,8]"));
  CHECK(contains(bytes, "\"c\":{\"data_offsets\":[8,12]"));
  CHECK(contains(bytes, "\"a\":{\"data_offsets\":[12,15]"));
  CHECK((bytes.size() - 15) % 8 == 0);
}

TEST_CASE("a tensor of a kind that the format lacks is the caller's mistake, and no file is left") {
  Folder folder;
  CHECK_THROWS_AS(write_safetensors(folder.path / "w", {{"c", at::zeros({2}, at::kComplexFloat)}}), std::logic_error);
  CHECK_FALSE(std::filesystem::exists(folder.path / "w"));
}

TEST_CASE("what is no file is said") {
  Folder folder;
  CHECK(contains(error_of([&] { read_safetensors(folder.path / "none"); }).what(), "none: no such file"));
  CHECK(contains(error_of([&] { read_safetensors(folder.path); }).what(), "folder"));
}

TEST_CASE("broken files are refused at the offset") {
  const std::string eight(8, '\1');
  check_refused("", 0, "the file has 0 bytes");
  check_refused("PK\3\4", 0, "the file has 4 bytes");
  check_refused(little_endian(1000) + "{}", 0, "given as 1000 bytes, the file has 10");
  check_refused(little_endian(~std::uint64_t{0}) + "{}", 0, "the header's length");
  check_refused("this is a text file\n", 0, "no safetensors file");
  check_refused(file_of("{\"a\":"), 13, "no JSON");
  check_refused(file_of("{} x"), 11, "no JSON");
  check_refused(file_of("{\"a\":1e999}"), 8, "no JSON");
  check_refused(file_of("[]"), 8, "must be a JSON object");
  check_refused(file_of("{\"a\":1}"), 8, "tensor 'a': an object was expected");
  const std::string facts = "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":";
  check_refused(file_of("{\"a\":" + facts + "[0,4]},\"a\":" + facts + "[4,8]}}", eight), 8, "names 'a' twice");
  check_refused(file_of("{\"a\":" + facts + "[0,4],\"shape\":[1]}}", eight), 8, "names 'shape' twice");

  const auto two = [&](const std::string& a, const std::string& b, const std::string& data) {
    return file_of("{\"a\":" + facts + a + "},\"b\":" + facts + b + "}}", data);
  };
  const auto begin = two("[0,4]", "[4,8]", "").size();
  CHECK(error_of_bytes(two("[0,4]", "[4,8]", eight)).status == Exit::done);
  check_refused(two("[0,4]", "[0,4]", eight), begin, "overlaps the tensor before it");
  check_refused(two("[0,4]", "[2,6]", eight), begin + 2, "tensor 'b': overlaps the tensor before it");
  check_refused(two("[0,4]", "[5,9]", eight + "x"), begin + 4, "a gap of 1 bytes before tensor 'b'");
  check_refused(two("[0,4]", "[4,8]", eight.substr(1)), begin + 7, "tensor 'b': ends at " + std::to_string(begin + 8));
  check_refused(two("[0,4]", "[4,8]", eight + "more"), begin + 8, "4 bytes follow the last tensor");
  check_refused(two("[0,4]", "[4,7]", eight), begin + 4, "its offsets hold 3 bytes, its shape and dtype take 4");
  check_refused(two("[4,0]", "[4,8]", eight), begin + 4, "its offsets hold -4 bytes");
}

TEST_CASE("facts of a tensor that cannot be are refused, the tensor named") {
  check_header_refused("\"shape\":[2],\"data_offsets\":[0,8]", "'dtype' is missing");
  check_header_refused("\"dtype\":\"F32\",\"data_offsets\":[0,8]", "'shape' is missing");
  check_header_refused("\"dtype\":\"F32\",\"shape\":[2]", "'data_offsets' is missing");
  check_header_refused("\"dtype\":\"F33\",\"shape\":[2],\"data_offsets\":[0,8]", "unknown dtype \"F33\"");
  check_header_refused("\"dtype\":7,\"shape\":[2],\"data_offsets\":[0,8]", "unknown dtype 7");
  check_header_refused("\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]", "'shape' must be a list");
  check_header_refused("\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]",
                       "'shape' must hold whole numbers from 0, found -2");
  check_header_refused("\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]", "'shape' must hold whole numbers");
  check_header_refused("\"dtype\":\"F32\",\"shape\":[18446744073709551615],\"data_offsets\":[0,8]",
                       "'shape' must hold whole numbers");
  check_header_refused("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]", "'data_offsets' must be a list of two");
  check_header_refused("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,\"8\"]", "'data_offsets' must hold whole numbers");
  check_header_refused("\"dtype\":\"F32\",\"shape\":[4611686018427387904,4611686018427387904],\"data_offsets\":[0,8]",
                       "its shape is too large");
  check_header_refused("\"dtype\":\"F32\",\"shape\":[0,4611686018427387904,4611686018427387904],\"data_offsets\":[0,8]",
                       "its shape is too large");
  check_refused(file_of("{\"a\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[0,2]}}", "\1\2"), 63, "a BOOL must be 0 or 1");
}

TEST_CASE("a huge tensor is refused before it is allocated") {
  const auto terabyte = std::to_string(std::uint64_t{1} << 40);
  const auto header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[" + terabyte + "],\"data_offsets\":[0," + terabyte + "]}}";
  check_refused(file_of(header, "short"), 8 + header.size() + 5, "cut off");
}

TEST_CASE("no cut and no changed byte does anything but load or be refused") {
  Folder folder;
  const auto path = folder.path / "w.safetensors";
  write_safetensors(path, {{"a", at::ones({2, 2})}, {"b", at::ones({3}, at::kBool)}}, {{"k", "v"}});
  const auto whole = read_whole(path, Exit::data);
  for (std::size_t size = 0; size < whole.size(); ++size) CHECK(error_of_bytes(whole.substr(0, size)).status == Exit::data);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const char byte : {'\0', '"', '9', '}', '\xff'}) {
      auto changed = whole;
      changed[i] = byte;
      const auto status = error_of_bytes(changed).status;
      CHECK((status == Exit::data || status == Exit::done));
    }
  }
}
