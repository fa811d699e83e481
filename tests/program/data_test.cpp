// What `graft data` says of a manifest, a source and a folder; it needs no strategy and opens no plugin.
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/program/program.hpp"

namespace graft::tests {

namespace {

// A file in the layout of cifar10: records of a label and a picture, labels in turn.
std::string cifar(int records) {
  std::string bytes;
  for (int i = 0; i < records; ++i) bytes += char(i % 10) + std::string(3072, char(i));
  return bytes;
}

// domain/class/file, the files not yet decoded.
void write_domains(const Folder& folder) {
  for (const char* domain : {"photo", "sketch"}) {
    for (const char* name : {"cat", "dog"}) {
      for (int i = 0; i < 10; ++i) folder.write(std::string("art/") + domain + "/" + name + "/" + std::to_string(i) + ".png", "");
    }
  }
}

nlohmann::json split_of(const Folder& folder, Words words) {
  words.insert(words.begin(), "data");
  words.emplace_back("--json");
  const auto outcome = folder.graft(words);
  INFO(outcome.err);
  REQUIRE(outcome.status == 0);
  return nlohmann::json::parse(outcome.out).at("split");
}

void refused(const Folder& folder, Words words, int status, const std::string& line) {
  words.insert(words.begin(), "data");
  const auto outcome = folder.graft(words);
  INFO(outcome.err);
  CHECK(outcome.status == status);
  CHECK(outcome.first_line().find(line) != std::string::npos);
  CHECK(outcome.out.empty());
}

}  // namespace

TEST_CASE("data: a manifest's source and split, without a strategy, in plain text") {
  const Folder folder;
  folder.write("m.toml", "[data]\nsource = \"shapes\"\nclasses = 4\nsamples = 24\nclients = 4\nsplit = { by = \"iid\" }\n");
  const auto outcome = folder.graft({"data", "m.toml"});
  INFO(outcome.err);
  REQUIRE(outcome.status == 0);
  CHECK(outcome.err.empty());
  CHECK(outcome.out.find("shapes: 96 samples, 32 x 32 pixels, 3 channels, 4 classes\n") == 0);
  CHECK(outcome.out.find("\nsplit: by iid, seed = 0, 4 clients\n") != std::string::npos);
  CHECK(outcome.out.find("\n       3     18     6        4 ") != std::string::npos);
  CHECK(outcome.out.find("\n  samples a client  min 24   median 24   max 24\n") != std::string::npos);
  CHECK(outcome.out.find('\x1b') == std::string::npos);
  folder.manifest("nosuchstrategy");
  CHECK(folder.graft({"data", "small.toml"}).status == 0);
}

TEST_CASE("data: a source's name, with keys") {
  const Folder folder;
  const auto split =
      split_of(folder, {"shapes", "--set", "data.clients=3", "--set", "data.samples=8", "--set", "data.split.by=shards", "--set",
                        "data.classes=3", "--set", "data.split.classes_per_client=1"});
  REQUIRE(split.at("clients").size() == 3);
  for (const auto& client : split.at("clients")) CHECK(client.at("classes") == 1);
}

TEST_CASE("data: a folder's source is guessed by the names in it, and said") {
  const Folder folder;
  for (int i = 1; i <= 5; ++i) folder.write("here/data_batch_" + std::to_string(i) + ".bin", cifar(20));
  folder.write("here/test_batch.bin", cifar(20));
  const auto guessed = folder.graft({"data", "here"});
  INFO(guessed.err);
  REQUIRE(guessed.status == 0);
  CHECK(guessed.out.find("taken for cifar10: it holds data_batch_1.bin\n\ncifar10: 120 samples, 32 x 32 pixels") == 0);
  CHECK(folder.graft({"data", "here/test_batch.bin"}).out.find("taken for cifar10: it is whole records of 3,073 bytes") == 0);

  write_domains(folder);
  const auto images = folder.graft({"data", "art", "--set", "data.split={by=\"users\"}"});
  INFO(images.err);
  REQUIRE(images.status == 0);
  CHECK(images.out.find("taken for images: ") == 0);
  CHECK(images.out.find("\nimages: 40 samples, JPEG and PNG files, not decoded here, 2 classes, 2 users\n") != std::string::npos);
}

TEST_CASE("data: domains and users of folders make clients") {
  const Folder folder;
  write_domains(folder);
  const auto split = split_of(folder, {"art", "--set", "data.split={by=\"domain\", alpha=1.0}", "--set", "data.clients=4"});
  for (std::size_t i = 0; i < 4; ++i) CHECK(split.at("clients")[i].at("domain") == (i < 2 ? "photo" : "sketch"));
  CHECK(split_of(folder, {"art", "--set", "data.split={by=\"users\"}"}).at("clients").size() == 2);
  refused(folder, {"art", "--set", "data.split={by=\"domain\"}", "--set", "data.clients=5"}, 2,
          "--set data.clients=5: 5 clients cannot be divided evenly over the source's 2 domains (photo, sketch)");
  refused(folder, {"art", "--set", "data.split={by=\"users\"}", "--set", "data.clients=5"}, 2,
          "--set data.clients=5: data.clients is 5, but the source has 2 users");
}

TEST_CASE("data: what is wrong is said in a line") {
  const Folder folder;
  folder.write("notes.txt", "x");
  folder.write("two/a.npz", "");
  folder.write("two/b.npz", "");
  folder.write("bad.toml", "[data]\nsource = \"shapes\"\nclient = 4\n");
  refused(folder, {}, 2, "graft data: WHAT is required");
  refused(folder, {"shapez"}, 2, "'shapez' is no source, manifest, folder or file that is there, did you mean 'shapes'?");
  refused(folder, {"none.toml"}, 2, "cannot read 'none.toml'");
  refused(folder, {"bad.toml"}, 2, "bad.toml:3:1: unknown key 'client' in [data], did you mean 'clients'?");
  refused(folder, {"notes.txt"}, 2, "notes.txt: no file of a source that is known");
  refused(folder, {"two"}, 2, "two: several archives in it, expected the path of one: a.npz, b.npz");
  refused(folder, {"shapes", "--set", "data.split.by=domain"}, 2, "needs a source with domains");
  refused(folder, {"cifar10"}, 2, "cifar10 needs data.path");
  refused(folder, {"shapes", "--set", "data.min_samples=999"}, 4, "min_samples = 999");
  refused(folder, {"shapes", "--clients", "few"}, 2, "graft data: --clients: expected all, found 'few'");
}

TEST_CASE("data: a run says that a split does not fit before it decodes anything") {
  const Folder folder;
  write_domains(folder);  // none of these files can be decoded
  folder.manifest();
  const auto outcome =
      folder.graft({"run", "small.toml", "--set", "data={source=\"images\", path=\"art\", clients=3, split={by=\"domain\"}}"});
  CHECK(outcome.status == 2);
  CHECK(outcome.first_line().find("3 clients cannot be divided evenly") != std::string::npos);
}

}  // namespace graft::tests
