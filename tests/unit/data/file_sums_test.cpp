// What files are known by: any byte, name or size that changes them, and not where they lie.
#include "core/data/file_sums.hpp"

#include "core/library/sha256.hpp"
#include "fixture.hpp"

namespace graft::core {

namespace {

FileSums sums_of(const Manifest& manifest) {
  KnownSums known;
  return file_sums(manifest, known);
}

std::string data_sum(const std::string& source, const std::filesystem::path& path) {
  return sums_of(manifest_of(source, path)).data;
}

}  // namespace

TEST_CASE("the sum of a file's name, size and bytes, as anybody can compute it") {
  const Folder folder;
  const auto bytes = record({3}, 7);
  const auto file = folder.write("a.bin", bytes);
  CHECK(data_sum("cifar10", file) == sha256_of_bytes(std::string("a.bin") + '\0' + "3073\n" + bytes));
}

TEST_CASE("one byte, a name or an order that changes gives another sum, another folder does not") {
  const Folder folder;
  const auto file = folder.write("a.bin", record({3}, 7) + record({4}, 8));
  const auto sum = data_sum("cifar10", file);
  CHECK(data_sum("cifar10", folder.write("elsewhere/a.bin", record({3}, 7) + record({4}, 8))) == sum);
  CHECK(data_sum("cifar10", folder.write("b.bin", record({3}, 7) + record({4}, 8))) != sum);
  CHECK(data_sum("cifar10", folder.write("other/a.bin", record({3}, 7) + record({4}, 9))) != sum);
  auto several = manifest_of("cifar10");
  several.data.files = {folder.path / "a.bin", folder.path / "b.bin"};
  auto turned = several;
  std::swap(turned.data.files[0], turned.data.files[1]);
  CHECK(sums_of(several).data != sums_of(turned).data);
}

TEST_CASE("pictures in folders: a picture moved to another class is other data, what is no picture does not count") {
  const Folder folder;
  for (const auto* name : {"a/cat/1.png", "a/dog/2.png", "b/cat/1.png", "b/cat/2.png", "b/dog/3.png"}) folder.write(name, "x");
  folder.write("c/cat/1.png", "x");
  folder.write("c/dog/2.png", "x");
  folder.write("c/dog/notes.txt", "y");
  CHECK(data_sum("images", folder.path / "a") != data_sum("images", folder.path / "b"));
  CHECK(data_sum("images", folder.path / "a") == data_sum("images", folder.path / "c"));
}

TEST_CASE("each file is read once, drawn data has none, and splits and weights count too") {
  const Folder folder;
  auto manifest = manifest_of("shapes");
  CHECK(sums_of(manifest).data.empty());
  CHECK(sums_of(manifest).split.empty());
  manifest.backbone.weights = folder.write("w", "1");
  manifest.data.split.by = "file";
  manifest.data.split.path = folder.write("s", "1");
  KnownSums known;
  const auto before = file_sums(manifest, known);
  CHECK(before.split == before.weights);  // two files of the same bytes
  CHECK(known.size() == 2);
  const auto when = std::filesystem::last_write_time(manifest.backbone.weights);
  folder.write("w", "2");
  std::filesystem::last_write_time(manifest.backbone.weights, when);  // nobody can tell without reading
  CHECK(file_sums(manifest, known).weights == before.weights);
  std::filesystem::last_write_time(manifest.backbone.weights, when + std::chrono::seconds(1));
  CHECK(file_sums(manifest, known).weights != before.weights);  // replaced while a study runs
  CHECK(sums_of(manifest).weights != before.weights);
}

TEST_CASE("a file that is not there is exit 4, its name said") {
  const auto error = failure_of([] { data_sum("cifar10", "/nowhere/a.bin"); });
  CHECK(error.status == Exit::data);
  CHECK(std::string(error.what()).starts_with("/nowhere/a.bin"));
}

}  // namespace graft::core
