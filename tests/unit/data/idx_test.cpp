// Files of the MNIST family, right and wrong.
#include <ATen/ATen.h>

#include <catch2/catch_test_macros.hpp>

#include "checks.hpp"
#include "core/data/batches.hpp"
#include "packed.hpp"

using namespace graft::core;

namespace {

std::string images_of(std::uint32_t count, int first) { return idx({count, 2, 3}, counted(count * 6, first)); }

// The usual four files: labels 3 0 1 of training, 5 2 of test.
void write_family(const Folder& folder, const std::string& prefix = "", const std::string& test = "t10k", char dot = '-') {
  const auto name = [&](const std::string& part, const std::string& kind, int dimensions) {
    return prefix + part + "-" + kind + dot + "idx" + std::to_string(dimensions) + "-ubyte";
  };
  folder.write(name("train", "images", 3), images_of(3, 0));
  folder.write(name("train", "labels", 1), idx({3}, {3, 0, 1}));
  folder.write(name(test, "images", 3), images_of(2, 100));
  folder.write(name(test, "labels", 1), idx({2}, {5, 2}));
}

Manifest list_of(const std::vector<std::filesystem::path>& files) {
  Manifest manifest = manifest_of("idx");
  manifest.data.files = files;
  return manifest;
}

const std::string kLabels = idx({3}, {3, 0, 1});

}  // namespace

TEST_CASE("idx: a folder, training first, grey of one channel, classes by the largest label") {
  const Folder folder;
  write_family(folder);
  const Dataset data = load_dataset(manifest_of("idx", folder.path), 32);
  CHECK(data.images.sizes() == at::IntArrayRef({5, 1, 2, 3}));
  CHECK(data.images.scalar_type() == at::kByte);
  CHECK(numbers(data.images[1]) == std::vector<std::int64_t>{6, 7, 8, 9, 10, 11});
  CHECK(numbers(data.images[4]) == std::vector<std::int64_t>{106, 107, 108, 109, 110, 111});
  CHECK(numbers(data.labels) == std::vector<std::int64_t>{3, 0, 1, 5, 2});
  CHECK(data.classes == 6);
  CHECK(classes_of(manifest_of("idx", folder.path)) == 6);
}

TEST_CASE("idx: dots in names, EMNIST's prefix and its word for the test, gzip by content") {
  const Folder dotted, prefixed, packed;
  write_family(dotted, "", "t10k", '.');
  write_family(prefixed, "emnist-balanced-", "test");
  packed.write("train-images-idx3-ubyte.gz", gzip(images_of(3, 0)));
  packed.write("train-labels-idx1-ubyte.gz", kLabels);  // not packed, whatever its name
  packed.write("t10k-images-idx3-ubyte", gzip(images_of(2, 100)));
  packed.write("t10k-labels-idx1-ubyte.gz", gzip(idx({2}, {5, 2})));
  for (const Folder* folder : {&dotted, &prefixed, &packed}) {
    const Dataset data = load_dataset(manifest_of("idx", folder->path), 32);
    CHECK(numbers(data.labels) == std::vector<std::int64_t>{3, 0, 1, 5, 2});
    CHECK(data.images.sum().item<std::int64_t>() == 17 * 18 / 2 + (100 + 111) * 6);
  }
}

TEST_CASE("idx: a list of two or four files; gzip of several parts") {
  const Folder folder;
  const auto images = folder.write("i.gz", gzip(images_of(3, 0).substr(0, 20)) + gzip(images_of(3, 0).substr(20)));
  const auto labels = folder.write("l", kLabels);
  CHECK(load_dataset(list_of({images, labels}), 32).samples() == 3);
  const Dataset twice = load_dataset(list_of({images, labels, images, labels}), 32);
  CHECK(numbers(twice.labels) == std::vector<std::int64_t>{3, 0, 1, 3, 0, 1});
  CHECK(at::equal(twice.images.narrow(0, 0, 3), twice.images.narrow(0, 3, 3)));
  refused(list_of({images, labels, images}), "data.path lists 3 files, expected images, labels");
  refused(list_of({labels, images}), "magic number is 2049, expected 2051 for images", "the list goes images, labels");
}

TEST_CASE("idx: grey is shown to the model as three equal channels, each normalised by its own numbers") {
  const Folder folder;
  write_family(folder);
  Manifest manifest = manifest_of("idx", folder.path);
  manifest.data.mean = {0.1, 0.2, 0.3};
  const Dataset data = resized(load_dataset(manifest, 4), 4, 1 << 20);
  CHECK(data.images.sizes() == at::IntArrayRef({5, 1, 4, 4}));
  const auto batch = images(data, at::tensor({4, 0}, at::kLong), image_rule(manifest, 4, at::kDouble, at::kCPU));
  REQUIRE(batch.sizes() == at::IntArrayRef({2, 3, 4, 4}));
  CHECK(at::allclose(batch.select(1, 0).sub(0.2), batch.select(1, 1)));
}

TEST_CASE("idx: folders that lack files, or hold two of a kind") {
  const Folder folder, two;
  refused(manifest_of("idx", folder.path), "no files of idx in this folder");
  folder.write("train-images-idx3-ubyte", images_of(3, 0));
  folder.write("train-labels-idx1-ubyte", kLabels);
  refused(manifest_of("idx", folder.path), "lacks test-images, test-labels beside train-images-idx3-ubyte", "may also be a list");
  write_family(two, "emnist-letters-", "test");
  write_family(two, "emnist-digits-", "test");
  refused(manifest_of("idx", two.path), "holds emnist-digits-test-images-idx3-ubyte and emnist-letters-test-images-idx3-ubyte");
  refused(manifest_of("idx", folder.path / "train-images-idx3-ubyte"), "one file, expected a folder");
  refused(manifest_of("idx", folder.path / "none"), "none: no such file");
  CHECK(failure_of([] { load_dataset(manifest_of("idx"), 32); }).status == Exit::usage);
}

TEST_CASE("idx: files that are wrong, each named with the byte") {
  const Folder folder;
  const auto labels = folder.write("l", kLabels);
  const auto with_images = [&](const std::string& bytes) { return list_of({folder.write("i", bytes), labels}); };
  const auto with_labels = [&](const std::string& bytes) {
    return list_of({folder.write("i", images_of(3, 0)), folder.write("m", bytes)});
  };
  refused(with_images(""), "i: byte 0: the file is empty");
  refused(with_images(idx({}, "").substr(0, 3)), "i: byte 3: the file ends here, expected 1 more bytes");
  refused(with_images(images_of(3, 0).substr(0, 10)), "i: byte 10: the file ends here, expected 6 more bytes");
  refused(with_images(images_of(3, 0).substr(0, 33)), "i: byte 4: the header announces 34 bytes, the file has 33");
  refused(with_images(images_of(3, 0) + "x"), "i: byte 4: the header announces 34 bytes, the file has 35");
  refused(with_images(idx({1, 2, 3, 1}, counted(6))), "i: byte 0: magic number is 2052, expected 2051");
  refused(with_images(big_endian(0xd03) + images_of(3, 0).substr(4)), "magic number is 3331, expected 2051");
  refused(with_images(idx({3, 0, 3}, "")), "i: byte 8: images without pixels");
  refused(with_images(images_of(2, 0)), "l: 3 labels, but i has 2 images");
  refused(with_labels(idx({2}, "ab")), "m: 2 labels, but i has 3 images");
  refused(with_labels(idx({3}, "ab")), "m: byte 4: the header announces 11 bytes, the file has 10");
  refused(list_of({folder.write("i", idx({0, 2, 2}, "")), folder.write("m", idx({0}, ""))}), "i: byte 4: no images in it");
  refused(list_of({folder.write("i", images_of(3, 0)), labels, folder.write("j", idx({3, 3, 2}, counted(18))), labels}),
          "j: byte 8: images of 3 x 2, but i has 2 x 3");
}

TEST_CASE("idx: sizes that lie allocate nothing") {
  const Folder folder;
  const auto labels = folder.write("l", kLabels);
  const auto with_images = [&](const std::string& bytes) { return list_of({folder.write("i", bytes), labels}); };
  constexpr std::uint32_t kHuge = 0x80000000;
  allocates_little([&] {
    refused(with_images(idx({kHuge, 28, 28}, counted(100))), "the header announces 1,683,627,180,048 bytes, the file has 116");
    refused(with_images(idx({0xffffffff, 0xffffffff, 0xffffffff}, "")), "i: byte 4: the header announces");
    refused(with_images(gzip(idx({kHuge, 28, 28}, ""))), "announces 1.5 TiB in ");
    refused(with_images(gzip(idx({20000, 28, 28}, ""))), "more than deflate can pack into them");
    const auto huge = folder.write("m", gzip(idx({kHuge}, "ab")));
    refused(list_of({folder.write("i", images_of(3, 0)), huge}), "announces 2.0 GiB in ");
  });
}

TEST_CASE("idx: gzip that is cut off, damaged, followed by more, or a bomb") {
  const Folder folder;
  const auto labels = folder.write("l", kLabels);
  const auto with_images = [&](const std::string& bytes) { return list_of({folder.write("i", bytes), labels}); };
  const std::string whole = gzip(images_of(3, 0));
  refused(with_images(whole.substr(0, 20)), "i: byte 20: gzip's content is cut off here");
  refused(with_images(whole.substr(0, whole.size() - 4)), "gzip's content is cut off here");
  std::string damaged = whole;
  damaged[damaged.size() - 8] = char(damaged[damaged.size() - 8] ^ 1);
  refused(with_images(damaged), "not gzip: incorrect data check");
  refused(with_images(whole + "more"), "not gzip: incorrect header check");
  refused(with_images(gzip(images_of(3, 0) + "x")), "byte 34 of what it unpacks to: more bytes follow than its header announces");
  refused(with_images(gzip(images_of(3, 0).substr(0, 30))), "byte 30 of what it unpacks to: the file ends here, expected 4 more");
  const std::string zeros(std::size_t(40) << 20, 0);
  const std::string bomb = gzip(idx({3, 2, 3}, zeros)), honest = gzip(idx({std::uint32_t(zeros.size() / 4), 2, 2}, zeros));
  allocates_little([&] {
    refused(with_images(bomb), "more bytes follow than its header announces");
    refused(with_images(honest), "more than the 250 to 1 that is trusted");
  });
}

TEST_CASE("idx: what exceeds data.memory_gib is refused before it is read") {
  const Folder folder;
  write_family(folder);
  Manifest manifest = manifest_of("idx", folder.path);
  manifest.data.memory_gib = 60.0 / double(1 << 30);  // 5 x (6 + 8) bytes are needed
  refused(manifest, "announces 5 samples, which take 70 B, expected at most 60 B", "raise data.memory_gib");
  manifest.data.memory_gib = 70.0 / double(1 << 30);
  CHECK(load_dataset(manifest, 32).samples() == 5);
}

TEST_CASE("idx: pipes, devices, folders and files without permission") {
  const Folder folder;
  const auto labels = folder.write("l", kLabels), pipe = folder.path / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  refused(list_of({pipe, labels}), "pipe: not a file");
  refused(list_of({"/dev/zero", labels}), "/dev/zero: not a file");
  refused(list_of({folder.path, labels}), "not a file");
  refused(manifest_of("idx", pipe), "pipe: not a file");
}

TEST_CASE("idx: any byte may be another") {
  const Folder folder;
  const auto labels = folder.write("l", kLabels), images = folder.path / "i";
  allocates_little([&] {
    survives_damage(list_of({images, labels}), images, images_of(3, 0));
    survives_damage(list_of({images, labels}), images, gzip(images_of(3, 0)));
  });
}
