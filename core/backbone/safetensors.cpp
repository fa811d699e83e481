// Reading trusts nothing: every length, shape and offset is checked against the file before a byte is allocated.
#include "core/backbone/safetensors.hpp"

#include <ATen/ATen.h>

#include <array>
#include <bit>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "core/base/error.hpp"
#include "core/base/files.hpp"
#include "core/base/random.hpp"

namespace graft::core {

namespace {

static_assert(std::endian::native == std::endian::little, "safetensors holds little-endian numbers, read here as they lie");

using nlohmann::json;

constexpr std::uint64_t kLengthBytes = 8, kLongestHeader = 100'000'000;  // the limit of the reference implementation
constexpr std::uint64_t kMostDimensions = 64;

constexpr std::array<std::pair<const char*, at::ScalarType>, 10> kTypes{{{"F64", at::kDouble},
                                                                         {"F32", at::kFloat},
                                                                         {"F16", at::kHalf},
                                                                         {"BF16", at::kBFloat16},
                                                                         {"I64", at::kLong},
                                                                         {"I32", at::kInt},
                                                                         {"I16", at::kShort},
                                                                         {"I8", at::kChar},
                                                                         {"U8", at::kByte},
                                                                         {"BOOL", at::kBool}}};

struct Entry {  // a tensor as the header describes it
  std::string name;
  at::ScalarType type;
  std::vector<std::int64_t> shape;
  std::uint64_t begin, end;  // bytes, from the end of the header
};

class Reader {
 public:
  explicit Reader(const std::filesystem::path& path);
  NamedTensors read();

 private:
  [[noreturn]] void fail(std::uint64_t offset, const std::string& what) const {
    throw Error(Exit::data, path_.string() + ": offset " + std::to_string(offset) + ": " + what);
  }
  [[noreturn]] void fail(const std::string& name, const std::string& what) const {
    fail(kLengthBytes, "tensor '" + name + "': " + what);
  }
  std::vector<Entry> read_header();
  json parse(const std::string& text) const;
  Entry entry_of(const std::string& name, const json& facts) const;
  std::uint64_t number_of(const std::string& name, const json& value, const char* what) const;
  std::uint64_t bytes_of(const Entry& entry) const;
  void check_layout(const std::vector<Entry>& entries) const;
  at::Tensor read_tensor(const Entry& entry);
  void read_bytes(std::uint64_t offset, void* to, std::uint64_t count, const std::string& what);

  std::filesystem::path path_;
  std::ifstream file_;
  std::uint64_t size_ = 0, data_ = 0;  // bytes in the file; where its data begins
};

Reader::Reader(const std::filesystem::path& path) : path_(path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) throw Error(Exit::data, path.string() + ": no such file");
  if (!std::filesystem::is_regular_file(path, error)) throw Error(Exit::data, path.string() + ": no file, but a folder or device");
  size_ = std::filesystem::file_size(path, error);
  file_.open(path, std::ios::binary);
  if (error || !file_) throw Error(Exit::data, path.string() + ": cannot be read");
}

void Reader::read_bytes(std::uint64_t offset, void* to, std::uint64_t count, const std::string& what) {
  file_.seekg(std::streamoff(offset));
  file_.read(static_cast<char*>(to), std::streamsize(count));
  if (!file_) fail(offset, "cannot read " + what);
}

// Parses strictly: text that stops early or goes on, and names that occur twice, are errors with their place in the file.
json Reader::parse(const std::string& text) const {
  std::vector<std::set<std::string>> names;  // of the objects that are open
  const auto watch = [&](int, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::object_start) names.emplace_back();
    if (event == json::parse_event_t::object_end) names.pop_back();
    if (event == json::parse_event_t::key && !names.back().insert(parsed.get<std::string>()).second) {
      fail(kLengthBytes, "the header names '" + parsed.get<std::string>() + "' twice");
    }
    return true;
  };
  constexpr auto kNoJson = "the header is no JSON; is this a safetensors file?";
  try {
    return json::parse(text, watch);
  } catch (const json::parse_error& error) {
    fail(kLengthBytes + (error.byte > 0 ? error.byte - 1 : 0), kNoJson);
  } catch (const json::exception&) {  // a number out of all range
    fail(kLengthBytes, kNoJson);
  }
}

std::uint64_t Reader::number_of(const std::string& name, const json& value, const char* what) const {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > std::uint64_t(std::numeric_limits<std::int64_t>::max())) {
    fail(name, std::string(what) + " must hold whole numbers from 0, found " + value.dump().substr(0, 40));
  }
  return value.get<std::uint64_t>();
}

std::uint64_t Reader::bytes_of(const Entry& entry) const {
  std::uint64_t bytes = at::elementSize(entry.type);
  bool empty = false;
  for (const auto size : entry.shape) {
    empty = empty || size == 0;
    if (__builtin_mul_overflow(bytes, std::uint64_t(std::max<std::int64_t>(size, 1)), &bytes))
      fail(entry.name, "its shape is too large to be true");
  }
  return empty ? 0 : bytes;
}

Entry Reader::entry_of(const std::string& name, const json& facts) const {
  if (!facts.is_object()) fail(name, "an object was expected");
  for (const auto* key : {"dtype", "shape", "data_offsets"}) {
    if (!facts.contains(key)) fail(name, std::string("'") + key + "' is missing");
  }
  const auto &type = facts["dtype"], &shape = facts["shape"], &offsets = facts["data_offsets"];
  const auto known = std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& t) { return type == t.first; });
  if (known == kTypes.end())
    fail(name, "unknown dtype " + type.dump().substr(0, 40) + ", known: F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL");
  if (!shape.is_array() || shape.size() > kMostDimensions) fail(name, "'shape' must be a list of at most 64 sizes");
  if (!offsets.is_array() || offsets.size() != 2) fail(name, "'data_offsets' must be a list of two numbers");

  Entry entry{
      name, known->second, {}, number_of(name, offsets[0], "'data_offsets'"), number_of(name, offsets[1], "'data_offsets'")};
  for (const auto& size : shape) entry.shape.push_back(std::int64_t(number_of(name, size, "'shape'")));
  return entry;
}

// The data of all tensors, one after the other, must fill the file: no gap, no overlap, nothing outside.
void Reader::check_layout(const std::vector<Entry>& entries) const {
  const auto data_bytes = size_ - data_;
  std::uint64_t at = 0;
  for (const auto& entry : entries) {
    const auto where = "tensor '" + entry.name + "': ";
    const auto expected = bytes_of(entry);
    if (entry.end < entry.begin || entry.end - entry.begin != expected) {
      fail(data_ + entry.begin, where + "its offsets hold " + std::to_string(std::int64_t(entry.end - entry.begin)) +
                                    " bytes, its shape and dtype take " + std::to_string(expected));
    }
    if (entry.end > data_bytes) {
      fail(size_, where + "ends at " + std::to_string(data_ + entry.end) + ", but the file is cut off after " +
                      std::to_string(size_) + " bytes");
    }
    if (entry.begin < at) fail(data_ + entry.begin, where + "overlaps the tensor before it");
    if (entry.begin > at)
      fail(data_ + at, "a gap of " + std::to_string(entry.begin - at) + " bytes before tensor '" + entry.name + "'");
    at = entry.end;
  }
  if (at != data_bytes) fail(data_ + at, std::to_string(data_bytes - at) + " bytes follow the last tensor");
}

std::vector<Entry> Reader::read_header() {
  if (size_ < kLengthBytes)
    fail(0, "the file has " + std::to_string(size_) + " bytes; a safetensors file begins with a length of 8 bytes");
  std::uint64_t length = 0;
  read_bytes(0, &length, kLengthBytes, "the header's length");
  if (length > size_ - kLengthBytes || length > kLongestHeader) {
    fail(0, "the header's length is given as " + std::to_string(length) + " bytes, the file has " + std::to_string(size_) +
                "; it is cut off or no safetensors file");
  }
  std::string text(length, '\0');
  read_bytes(kLengthBytes, text.data(), length, "the header");
  data_ = kLengthBytes + length;

  const auto header = parse(text);
  if (!header.is_object()) fail(kLengthBytes, "the header must be a JSON object");
  std::vector<Entry> entries;
  for (const auto& [name, facts] : header.items()) {
    if (name != "__metadata__") entries.push_back(entry_of(name, facts));
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
  return entries;
}

at::Tensor Reader::read_tensor(const Entry& entry) {
  auto tensor = at::empty(entry.shape, entry.type);
  read_bytes(data_ + entry.begin, tensor.data_ptr(), entry.end - entry.begin, "tensor '" + entry.name + "'");
  if (entry.type == at::kBool && tensor.numel() > 0 &&
      at::from_blob(tensor.data_ptr(), entry.shape, at::kByte).max().item<std::uint8_t>() > 1) {
    fail(data_ + entry.begin, "tensor '" + entry.name + "': a BOOL must be 0 or 1");
  }
  return tensor;
}

NamedTensors Reader::read() {
  const auto entries = read_header();
  check_layout(entries);
  NamedTensors tensors;
  for (const auto& entry : entries) tensors.emplace(entry.name, read_tensor(entry));
  return tensors;
}

const char* type_name(at::ScalarType type) {
  for (const auto& [name, known] : kTypes) {
    if (known == type) return name;
  }
  throw std::logic_error(std::string("safetensors cannot hold ") + at::toString(type));
}

}  // namespace

NamedTensors read_safetensors(const std::filesystem::path& path) { return Reader(path).read(); }

std::uint64_t checksum(const NamedTensors& tensors) {
  std::string sums;
  for (const auto& [name, tensor] : tensors) {
    const auto bytes = tensor.detach().cpu().contiguous();
    const auto sum = checksum(std::string_view(static_cast<const char*>(bytes.const_data_ptr()), bytes.nbytes()));
    sums += name + ' ' + std::to_string(sum) + '\n';
  }
  return hash(sums);
}

void write_safetensors(const std::filesystem::path& path, const NamedTensors& tensors,
                       const std::map<std::string, std::string>& metadata) {
  // Wider numbers first, so that each lies at a multiple of its width, as readers that map the file expect.
  std::vector<NamedTensors::const_iterator> order;
  for (auto it = tensors.begin(); it != tensors.end(); ++it) order.push_back(it);
  std::stable_sort(order.begin(), order.end(), [](auto a, auto b) { return a->second.element_size() > b->second.element_size(); });

  json header = json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t at = 0;
  for (const auto& it : order) {
    const auto& [name, tensor] = *it;
    const auto end = at + tensor.nbytes();
    header[name] = {{"dtype", type_name(tensor.scalar_type())}, {"shape", tensor.sizes().vec()}, {"data_offsets", {at, end}}};
    at = end;
  }
  auto text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');

  write_whole(path, [&](std::ostream& out) {
    const std::uint64_t length = text.size();
    out.write(reinterpret_cast<const char*>(&length), kLengthBytes);
    out.write(text.data(), std::streamsize(text.size()));
    for (const auto& it : order) {
      const auto tensor = it->second.detach().cpu().contiguous();
      out.write(static_cast<const char*>(tensor.const_data_ptr()), std::streamsize(tensor.nbytes()));
    }
  });
}

}  // namespace graft::core
