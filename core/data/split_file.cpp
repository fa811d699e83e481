// Reads a split file and checks every index of it.
#include "core/data/split_file.hpp"

#include <nlohmann/json.hpp>

#include "core/base/files.hpp"
#include "core/base/text.hpp"

namespace graft::core {
namespace {

using nlohmann::json;

Error wrong(const Manifest& manifest, const std::string& what) {
  return Error(Exit::data, manifest.data.split.path.string() + ": " + what,
               R"(hint: {"clients": [{"train": [0, 5], "test": [3]}, …]})");
}

json parsed(const Manifest& manifest) {
  const std::string text = read_whole(manifest.data.split.path, Exit::data);
  try {
    json root = json::parse(text);
    if (!root.is_object() || !root.contains("clients") || !root["clients"].is_array())
      throw wrong(manifest, "no list 'clients' in it");
    if (root["clients"].empty()) throw wrong(manifest, "the list 'clients' is empty");
    return root;
  } catch (const json::parse_error& error) {
    throw wrong(manifest, "byte " + std::to_string(error.byte) + ": not JSON");
  }
}

class Reader {
 public:
  Reader(const Manifest& manifest, std::int64_t samples) : manifest_(manifest), seen_(std::size_t(samples)) {}

  ClientSamples client(const json& entry, std::int64_t number) {
    number_ = number;
    if (!entry.is_object()) throw at("expected an object with the lists 'train' and 'test', found " + entry.dump());
    ClientSamples samples;
    samples.train = list(entry, "train");
    samples.test = list(entry, "test");
    return samples;
  }

 private:
  Error at(const std::string& what) const { return wrong(manifest_, "client " + std::to_string(number_) + ": " + what); }

  std::vector<std::int64_t> list(const json& entry, const std::string& name) {
    if (!entry.contains(name) || !entry[name].is_array()) throw at("no list '" + name + "'");
    std::vector<std::int64_t> indices;
    ++list_;
    for (const json& value : entry[name]) {
      const std::string place = name + "[" + std::to_string(indices.size()) + "]";
      indices.push_back(index(value, place));
    }
    return indices;
  }

  std::int64_t index(const json& value, const std::string& place) {
    const bool fits = value.is_number_unsigned() && value.get<std::uint64_t>() < seen_.size();
    if (!fits)
      throw at(place + " is " + value.dump() + ", expected a whole number from 0 to " +
               std::to_string(std::int64_t(seen_.size()) - 1));
    const auto index = value.get<std::int64_t>();
    if (seen_[std::size_t(index)] == list_) throw at(place + " is " + value.dump() + ", which this list already has");
    seen_[std::size_t(index)] = list_;
    return index;
  }

  const Manifest& manifest_;
  std::vector<std::int64_t> seen_;  // the last list that had a sample
  std::int64_t number_ = 0, list_ = 0;
};

}  // namespace

std::int64_t clients_in_file(const Manifest& manifest) { return std::int64_t(parsed(manifest)["clients"].size()); }

Split read_split_file(const Manifest& manifest, std::int64_t samples) {
  const json root = parsed(manifest);
  const json& clients = root["clients"];
  if (manifest.places.count("data.clients") > 0 && std::int64_t(clients.size()) != manifest.data.clients) {
    throw wrong(manifest, "it holds " + many_text(std::int64_t(clients.size()), "client") + ", data.clients is " +
                              count_text(double(manifest.data.clients)));
  }
  Reader reader(manifest, samples);
  Split split;
  for (const json& entry : clients) split.push_back(reader.client(entry, std::int64_t(split.size())));
  return split;
}

}  // namespace graft::core
