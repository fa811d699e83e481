// Split files, right and wrong.
#include <ATen/ATen.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <fstream>
#include <iterator>

#include "core/base/log.hpp"
#include "fixture.hpp"

using namespace graft::core;
using Catch::Matchers::ContainsSubstring;

namespace {

Manifest manifest_with(const std::filesystem::path& file) {
  Manifest manifest = manifest_of("cifar10");
  manifest.data.split.by = "file";
  manifest.data.split.path = file;
  return manifest;
}

void refused(const Manifest& manifest, const std::string& what) {
  const Error error = failure_of([&] { split_dataset(manifest, labelled(10, 2)); });
  CHECK(error.status == Exit::data);
  CHECK_THAT(error.what(), ContainsSubstring(what));
  CHECK_THAT(error.what(), ContainsSubstring("split.json"));
}

}  // namespace

TEST_CASE("a split file is kept in the order given, a sample may serve two clients") {
  const Folder folder;
  const auto file =
      folder.write("split.json", R"({"clients": [{"train": [5, 0, 9], "test": [3]}, {"train": [], "test": [0, 5]}]})");
  Manifest manifest = manifest_with(file);
  const Split split = split_dataset(manifest, labelled(10, 2));
  REQUIRE(split.size() == 2);  // data.clients is not given
  CHECK(split[0].train == std::vector<std::int64_t>{5, 0, 9});
  CHECK(split[0].test == std::vector<std::int64_t>{3});
  CHECK(split[1].train.empty());
  CHECK(split[1].test == std::vector<std::int64_t>{0, 5});
  CHECK(clients_of(manifest) == 2);
  manifest.places["data.clients"] = {};
  CHECK(clients_of(manifest) == 16);
  refused(manifest, "it holds 2 clients, data.clients is 16");
  manifest.data.clients = 2;
  CHECK(split_dataset(manifest, labelled(10, 2)).size() == 2);
}

TEST_CASE("a wrong split file is named with client, position and value") {
  const Folder folder;
  const auto with = [&](const std::string& text) { return manifest_with(folder.write("split.json", text)); };
  const std::string first = R"({"clients": [{"train": [1], "test": []}, )";
  refused(manifest_with(folder.path / "no-split.json"), "no-split.json");
  refused(with(R"({"clients": [{"train": [1,]}]})"), "byte 27: not JSON");
  refused(with(""), "not JSON");
  refused(with("[]"), "no list 'clients'");
  refused(with(R"({"clients": 3})"), "no list 'clients'");
  refused(with(R"({"clients": []})"), "the list 'clients' is empty");
  refused(with(first + R"(7]})"), "client 1: expected an object with the lists 'train' and 'test', found 7");
  refused(with(first + R"({"train": [2]}]})"), "client 1: no list 'test'");
  refused(with(first + R"({"train": [2, 10], "test": []}]})"), "client 1: train[1] is 10, expected a whole number from 0 to 9");
  refused(with(first + R"({"train": [2], "test": [-1]}]})"), "client 1: test[0] is -1, expected");
  refused(with(first + R"({"train": [2.5], "test": []}]})"), "client 1: train[0] is 2.5, expected");
  refused(with(first + R"({"train": ["2"], "test": []}]})"), "client 1: train[0] is \"2\", expected");
  refused(with(first + R"({"train": [18446744073709551615], "test": []}]})"),
          "client 1: train[0] is 18446744073709551615, expected");
  refused(with(first + R"({"train": [2, 3], "test": [4, 4]}]})"), "client 1: test[1] is 4, which this list already has");
  refused(with(first + R"({"train": [2, 2], "test": []}]})"), "client 1: train[1] is 2, which this list already has");
}

TEST_CASE("test samples and validation samples that somebody trains with are warned of") {
  const Folder folder;
  log_into(folder.path / "log.txt");
  const auto all = [&] {
    std::ifstream file(folder.path / "log.txt");
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const auto before = all().size();
  const auto logged = [&] { return all().substr(before); };
  Manifest manifest = manifest_with(
      folder.write("split.json", R"({"clients": [{"train": [0, 1, 2, 3], "test": [4]}, {"train": [5, 6], "test": [7]}]})"));
  manifest.data.validation_fraction = 0.5;
  split_dataset(manifest, labelled(10, 2));
  CHECK_THAT(logged(), !ContainsSubstring("training samples too"));
  folder.write("split.json", R"({"clients": [{"train": [0, 1, 2, 3], "test": []}, {"train": [0, 1, 2, 3, 4], "test": [5, 0]}]})");
  split_dataset(manifest, labelled(10, 2));
  CHECK_THAT(logged(), ContainsSubstring(" 1 test sample is a training sample too"));
  CHECK_THAT(logged(), ContainsSubstring(" validation samples are training samples too"));
}

TEST_CASE("min_samples holds for a split file too") {
  const Folder folder;
  Manifest manifest =
      manifest_with(folder.write("split.json", R"({"clients": [{"train": [1, 2], "test": [3]}, {"train": [1], "test": [0]}]})"));
  manifest.data.min_samples = 3;
  const Error error = failure_of([&] { split_dataset(manifest, labelled(10, 2)); });
  CHECK(error.status == Exit::data);
  CHECK_THAT(error.what(), ContainsSubstring("client 1 has 2 samples, expected at least min_samples = 3"));
}
