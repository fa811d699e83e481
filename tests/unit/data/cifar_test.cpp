// CIFAR files, right and wrong.
#include <ATen/ATen.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstdlib>

#include "fixture.hpp"

using namespace graft::core;
using Catch::Matchers::ContainsSubstring;

namespace {

std::vector<std::int64_t> values(const at::Tensor& tensor) {
  const at::Tensor whole = tensor.to(at::kLong).contiguous();
  return {whole.const_data_ptr<std::int64_t>(), whole.const_data_ptr<std::int64_t>() + whole.numel()};
}

void refused(const Manifest& manifest, const std::string& what, const std::string& hint = "") {
  const Error error = failure_of([&] { load_dataset(manifest, 32); });
  CHECK(error.status == Exit::data);
  CHECK_THAT(error.what(), ContainsSubstring(what));
  CHECK_THAT(error.what(), !ContainsSubstring("\n"));
  CHECK_THAT(error.more, ContainsSubstring(hint));
}

Manifest cifar100(const std::filesystem::path& path) { return manifest_of("cifar100", path); }

}  // namespace

TEST_CASE("cifar100: a folder, the folder above it, training file first, fine and coarse labels") {
  const Folder folder;
  std::string planes = record({19, 99}, 0);
  planes[2] = 1;              // first pixel, red
  planes[2 + 1024 + 33] = 2;  // second row, second column, green
  folder.write("cifar-100-binary/train.bin", record({3, 42}, 7) + planes);
  folder.write("cifar-100-binary/test.bin", record({0, 1}, 255));
  for (const auto& path : {folder.path, folder.path / "cifar-100-binary"}) {
    const Dataset data = load_dataset(cifar100(path), 224);
    CHECK(data.classes == 100);
    CHECK(data.images.sizes() == at::IntArrayRef({3, 3, 32, 32}));
    CHECK(data.images.scalar_type() == at::kByte);
    CHECK(values(data.labels) == std::vector<std::int64_t>{42, 99, 1});
    CHECK(values(data.images.select(2, 31).select(2, 31).select(1, 2)) == std::vector<std::int64_t>{7, 0, 255});
    CHECK(data.images[1][0][0][0].item<int>() == 1);
    CHECK(data.images[1][1][1][1].item<int>() == 2);
    CHECK(data.users.empty());
  }
  Manifest coarse = cifar100(folder.path);
  coarse.data.labels = "coarse";
  CHECK(load_dataset(coarse, 32).classes == 20);
  CHECK(values(load_dataset(coarse, 32).labels) == std::vector<std::int64_t>{3, 19, 0});
}

TEST_CASE("cifar10: a folder with its six files in order, one file, and a list of files") {
  const Folder folder;
  for (int i = 1; i <= 5; ++i) folder.write("cifar-10-batches-bin/data_batch_" + std::to_string(i) + ".bin", record({i}, i));
  const auto test = folder.write("cifar-10-batches-bin/test_batch.bin", record({9}, 9));
  CHECK(values(load_dataset(manifest_of("cifar10", folder.path), 32).labels) == std::vector<std::int64_t>{1, 2, 3, 4, 5, 9});
  CHECK(values(load_dataset(manifest_of("cifar10", test), 32).labels) == std::vector<std::int64_t>{9});
  Manifest list = manifest_of("cifar10");
  list.data.files = {test, folder.path / "cifar-10-batches-bin/data_batch_2.bin"};
  CHECK(values(load_dataset(list, 32).labels) == std::vector<std::int64_t>{9, 2});
}

TEST_CASE("cifar: a wrong file is named with the offset at which it goes wrong") {
  const Folder folder;
  const std::string two = record({3, 42}, 7) + record({4, 43}, 7);
  refused(cifar100(folder.path / "none.bin"), "none.bin: no such file");
  refused(cifar100(folder.write("empty.bin", "")), "empty.bin: byte 0: the file is empty, expected cifar100 in its binary version");
  refused(cifar100(folder.write("cut.bin", two + std::string(1200, 'x'))),
          "cut.bin: byte 6148: truncated record, found 1200 bytes, expected 3074");
  refused(cifar100(folder.write("ten.bin", record({3}, 7))), "ten.bin: byte 0: truncated record, found 3073 bytes",
          "fits cifar10;");
  refused(manifest_of("cifar10", folder.write("hundred.bin", two)), "hundred.bin: byte 6146: truncated record", "fits cifar100;");
  refused(cifar100(folder.write("fine.bin", two + record({5, 100}, 7))),
          "fine.bin: byte 6149: fine label is 100, expected 0 to 99");
  refused(cifar100(folder.write("coarse.bin", two + record({200, 7}, 7))),
          "coarse.bin: byte 6148: coarse label is 200, expected 0 to 19");
  refused(manifest_of("cifar10", folder.write("label.bin", record({10}, 7))), "label.bin: byte 0: label is 10, expected 0 to 9");
  refused(cifar100(folder.write("train.bin.xz", "7zXZ")), "train.bin.xz: a compressed file", "unpack it first");
  refused(cifar100("/dev/null"), "/dev/null: not a file");
}

TEST_CASE("cifar: a list is refused as a whole, and a second file that is wrong is the one named") {
  const Folder folder;
  Manifest manifest = manifest_of("cifar100");
  manifest.data.files = {folder.write("a.bin", record({0, 0}, 0)), folder.write("b.bin", record({0, 0}, 0).substr(1))};
  refused(manifest, "b.bin: byte 0: truncated record, found 3073 bytes");
}

TEST_CASE("cifar: a folder without the files says what was looked for") {
  const Folder folder;
  refused(cifar100(folder.path), "looked for train.bin, test.bin here and in cifar-100-binary/");
  folder.write("cifar-100-binary.tar.gz", "x");
  refused(cifar100(folder.path), "no files of cifar100", "unpack cifar-100-binary.tar.gz first");
  folder.write("train.bin", record({0, 0}, 0));
  refused(cifar100(folder.path), "this folder of cifar100 lacks test.bin");
}

TEST_CASE("cifar: a manifest without a path is a usage error") {
  CHECK(failure_of([] { load_dataset(manifest_of("cifar10"), 32); }).status == Exit::usage);
}

TEST_CASE("classes of the sources, without reading images") {
  Manifest manifest = manifest_of("shapes");
  CHECK(classes_of(manifest) == 12);
  manifest.data.classes = 17;
  CHECK(classes_of(manifest) == 17);
  manifest = manifest_of("cifar100");
  CHECK(classes_of(manifest) == 100);
  manifest.data.labels = "coarse";
  CHECK(classes_of(manifest) == 20);
  CHECK(classes_of(manifest_of("cifar10")) == 10);
}

TEST_CASE("data.classes: more than the source has make a larger head, fewer are refused") {
  Folder folder;
  Manifest manifest = manifest_of("cifar10", folder.write("one.bin", record({3}, 1)));
  manifest.data.classes = 12;
  CHECK(load_dataset(manifest, 32).classes == 12);
  manifest.data.classes = 9;
  const Error error = failure_of([&] { load_dataset(manifest, 32); });
  CHECK(error.status == Exit::usage);
  CHECK(std::string(error.what()).find("data.classes is 9, but the source has 10 classes") != std::string::npos);
}

TEST_CASE("cifar100: the real files, where GRAFT_TEST_DATA has them") {
  const char* root = std::getenv("GRAFT_TEST_DATA");
  if (root == nullptr || !std::filesystem::exists(std::filesystem::path(root) / "cifar-100-binary"))
    SKIP("$GRAFT_TEST_DATA/cifar-100-binary is not there");
  const Dataset data = load_dataset(cifar100(root), 32);
  CHECK(data.images.size(0) == 60000);
  CHECK(data.labels.bincount().eq(600).all().item<bool>());
}
